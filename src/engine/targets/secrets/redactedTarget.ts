import type { Redactor } from '../../http/redactor.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Attributes, LogLevel, Span } from '../../ports.ts';
import type { Target } from '../target.ts';

/** Takes the run's keys out of what a target gives and what is logged about it; its spans are cleaned where they are received. */
export function redactedTarget(target: Target, redactor: Redactor): Target {
  return {
    ...target,
    async call(request, context) {
      const span = new RedactedSpan(context.span, redactor);
      const output = await target.call(request, { ...context, span });
      return redactor.value(output);
    },
  };
}

/** What is passed on to the other side (`traceparent`, `baggage`) stays as it is. */
class RedactedSpan implements Span {
  readonly #span: Span;
  readonly #redactor: Redactor;

  constructor(span: Span, redactor: Redactor) {
    this.#span = span;
    this.#redactor = redactor;
  }

  get traceId(): string {
    return this.#span.traceId;
  }

  get spanId(): string {
    return this.#span.spanId;
  }

  get traceparent(): string | undefined {
    return this.#span.traceparent;
  }

  get baggage(): string | undefined {
    return this.#span.baggage;
  }

  child(name: string, attributes?: Attributes, kind?: 'internal' | 'client'): Span {
    const { text } = this.#redactor;
    return new RedactedSpan(this.#span.child(text(name), this.#clean(attributes), kind), this.#redactor);
  }

  set(attributes: Attributes): void {
    this.#span.set(this.#redactor.value(attributes));
  }

  event(name: string, attributes?: Attributes): void {
    this.#span.event(this.#redactor.text(name), this.#clean(attributes));
  }

  log(level: LogLevel, message: string, fields?: JsonObject): void {
    this.#span.log(level, this.#redactor.text(message), fields && this.#redactor.value(fields));
  }

  end(error?: string): void {
    this.#span.end(error === undefined ? undefined : this.#redactor.text(error));
  }

  #clean(attributes?: Attributes): Attributes | undefined {
    return attributes && this.#redactor.value(attributes);
  }
}
