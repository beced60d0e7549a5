import type { SpanRecord } from '../model/span.ts';
import { EVENT, GEN_AI, GENERAL, RETRY } from '../telemetry/attributes.ts';
import { type AttemptOutcome, fromStart, type Tape, type TapeAttempt, type TapeCall } from './tape.ts';

/** What a model call costs, in US dollars, where its price is known. */
export type PriceCall = (call: {
  provider: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
}) => number | null;

/** A tape from the spans of a stored run: its model calls, with the retries that they took. */
export function tapeOfRun(runId: string, spans: Iterable<SpanRecord>, price: PriceCall): Tape {
  const calls: TapeCall[] = [];
  for (const span of spans) {
    const call = callOf(span, runId, price);
    if (call) calls.push(call);
  }

  return { name: `run ${runId}`, calls: fromStart(calls), arrivals: 'as-fast-as-allowed' };
}

function callOf(span: SpanRecord, runId: string, price: PriceCall): TapeCall | undefined {
  const { attributes } = span;
  const provider = attributes[GEN_AI.providerName];
  if (attributes[GEN_AI.operationName] !== 'chat' || typeof provider !== 'string') return undefined;

  const inputTokens = count(attributes[GEN_AI.inputTokens]);
  const outputTokens = count(attributes[GEN_AI.outputTokens]);
  const model = String(attributes[GEN_AI.requestModel] ?? '');
  const counted = inputTokens !== null && outputTokens !== null;

  return {
    provider,
    pool: 'target',
    caller: runId,
    atMs: span.startMs,
    attempts: attemptsOf(span),
    inputTokens,
    outputTokens,
    costUsd: counted ? price({ provider, model, inputTokens, outputTokens }) : null,
  };
}

/** A retry's event is written when an attempt has failed, and says how long the next one waits. */
function attemptsOf(span: SpanRecord): TapeAttempt[] {
  const attempts: TapeAttempt[] = [];
  let from = span.startMs;
  for (const { name, timeMs, attributes } of span.events) {
    if (name !== EVENT.retry) continue;
    const waitMs = count(attributes[RETRY.waitMs]) ?? 0;
    attempts.push({
      atMs: from,
      durationMs: Math.max(0, timeMs - from),
      outcome: outcomeOf(attributes[GENERAL.errorType]),
    });
    from = timeMs + waitMs;
  }

  const failed = span.attributes[GENERAL.errorType];
  attempts.push({
    atMs: Math.min(from, span.endMs),
    durationMs: Math.max(0, span.endMs - from),
    outcome: failed === undefined ? 200 : outcomeOf(failed),
  });
  return attempts;
}

function outcomeOf(errorType: unknown): AttemptOutcome {
  const status = Number(errorType);
  if (Number.isInteger(status) && status >= 100 && status <= 599) return status;
  if (errorType === 'timeout') return 'timeout';
  return errorType === 'incomplete' ? 'cut' : 'network';
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
