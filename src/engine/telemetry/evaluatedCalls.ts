import type { TrialResult } from '../model/result.ts';
import type { SpanRecord } from '../model/span.ts';
import { GEN_AI, TOUCHSTONE } from './attributes.ts';

/** The call whose output was evaluated. */
export interface EvaluatedCall {
  spanId: string;
  /** Milliseconds since the epoch. */
  endMs: number;
  /** The completion's id, where the target made exactly one call of a model. */
  responseId: string | null;
}

/**
 * The call of the target below the trial's span; the trial's own span where there is no such call. `spans` are those
 * of the result's trace.
 */
export function evaluatedCall(
  result: Pick<TrialResult, 'trial'>,
  spans: readonly SpanRecord[],
): EvaluatedCall | undefined {
  // An attempt that was interrupted has left a span without a verdict.
  const own = spans.findLast(
    ({ attributes }) =>
      attributes[TOUCHSTONE.trial] === result.trial && attributes[TOUCHSTONE.trialStatus] !== undefined,
  );
  if (!own) return undefined;

  const call = spans.find((span) => span.parentSpanId === own.spanId && isCall(span)) ?? own;
  const ids = spans
    .filter(({ spanId, parentSpanId }) => spanId === call.spanId || parentSpanId === call.spanId)
    .map(({ attributes }) => attributes[GEN_AI.responseId])
    .filter((id) => typeof id === 'string');
  return { spanId: call.spanId, endMs: call.endMs, responseId: ids.length === 1 ? (ids[0] ?? null) : null };
}

/** Remembers of finished spans what is needed of them when their trial's result is stored. */
export class EvaluatedCalls {
  /** By trace id. */
  readonly #spans = new Map<string, SpanRecord[]>();

  /** How many spans are kept. */
  get remembered(): number {
    let count = 0;
    for (const spans of this.#spans.values()) count += spans.length;
    return count;
  }

  hear(spans: readonly SpanRecord[]): void {
    for (const span of spans) {
      if (!isNeeded(span)) continue;
      const trace = this.#spans.get(span.traceId);
      if (trace) trace.push(span);
      else this.#spans.set(span.traceId, [span]);
    }
  }

  /** The call of a result, which is forgotten then. */
  take(result: Pick<TrialResult, 'trial' | 'traceId'>): EvaluatedCall | undefined {
    const spans = this.#spans.get(result.traceId) ?? [];
    const call = evaluatedCall(result, spans);
    const trial = spans.find(({ attributes }) => attributes[TOUCHSTONE.trial] === result.trial)?.spanId;
    const left = spans.filter(
      ({ spanId, parentSpanId }) =>
        spanId !== trial && parentSpanId !== trial && parentSpanId !== call?.spanId,
    );
    if (left.length > 0) this.#spans.set(result.traceId, left);
    else this.#spans.delete(result.traceId);
    return call;
  }
}

function isNeeded(span: SpanRecord): boolean {
  const { attributes } = span;
  return (
    attributes[TOUCHSTONE.trial] !== undefined || attributes[GEN_AI.responseId] !== undefined || isCall(span)
  );
}

/** The span that `invoke_agent` opens, by OpenTelemetry's conventions for generative AI. */
function isCall({ name }: SpanRecord): boolean {
  return /^invoke_agent( |$)/.test(name);
}
