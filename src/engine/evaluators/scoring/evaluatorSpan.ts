import type { Score } from '../../model/evaluation.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Attributes, LogLevel, Span } from '../../ports.ts';
import { EVENT, GEN_AI } from '../../telemetry/attributes.ts';

/**
 * The span of one evaluator, opened when it is first needed: by an evaluator that waits for something, calls a
 * model or writes a log line. One that is done at once has none: what it said stands in the result, and spans of
 * a microsecond would hide those that took the time.
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
    this.open().event(name, attributes);
  }

  log(level: LogLevel, message: string, fields?: JsonObject): void {
    this.open().log(level, message, fields);
  }

  /** Ends the span if it was opened, with what came out of it. */
  conclude(score: Score): void {
    if (!this.#own) return;
    this.#own.event(EVENT.evaluationResult, {
      [GEN_AI.evaluationName]: this.#evaluator,
      [GEN_AI.evaluationScore]: score.status === 'scored' ? score.score : undefined,
      [GEN_AI.evaluationLabel]: score.status === 'scored' ? (score.pass ? 'pass' : 'fail') : score.status,
      [GEN_AI.evaluationExplanation]: score.reason,
    });
    this.end(score.status === 'error' ? score.reason : undefined);
  }

  end(error?: string): void {
    this.open().end(error);
  }
}
