import type { Attributes, LogLevel, Span } from '../ports.ts';
import type { JsonObject } from '../model/json.ts';

/**
 * The span of one evaluator, opened when it is first needed: by an evaluator that waits for something, calls a
 * model or writes a log line. One that is done at once has none, and its events are events of the trial's span:
 * a trace of thousands of comparisons that took a microsecond each would hide what took the time.
 */
export class EvaluatorSpan implements Span {
  readonly #trial: Span;
  readonly #evaluator: string;
  #own: Span | undefined;

  /** `trial` is the span of the trial. */
  constructor(trial: Span, evaluator: string) {
    this.#trial = trial;
    this.#evaluator = evaluator;
  }

  /** The span itself; the same one at each call. */
  open(): Span {
    this.#own ??= this.#trial.child(`evaluate ${this.#evaluator}`);
    return this.#own;
  }

  get traceId(): string {
    return this.#trial.traceId;
  }

  get spanId(): string {
    return this.open().spanId;
  }

  get traceparent(): string | undefined {
    return this.open().traceparent;
  }

  get baggage(): string | undefined {
    return this.#trial.baggage;
  }

  child(name: string, attributes?: Attributes, kind?: 'internal' | 'client'): Span {
    return this.open().child(name, attributes, kind);
  }

  set(attributes: Attributes): void {
    this.open().set(attributes);
  }

  event(name: string, attributes?: Attributes): void {
    (this.#own ?? this.#trial).event(name, attributes);
  }

  log(level: LogLevel, message: string, fields?: JsonObject): void {
    this.open().log(level, message, fields);
  }

  /** Ends the span if there is one; the trial's goes on. */
  end(error?: string): void {
    this.#own?.end(error);
  }
}
