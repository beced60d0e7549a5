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

/** Who made a call, as far as its trace says. */
export interface CallOrigin {
  target: string | undefined;
  /** Made to evaluate an output. */
  isJudge: boolean;
}

export interface RunTapeOptions {
  runId: string;
  /** Trials that the run should have, and has not. */
  missing: number;
  price: PriceCall;
  /** The bulkhead of a call. */
  poolOf(origin: CallOrigin): string;
}

/** A tape from the spans of a stored run: its model calls, with the retries that they took. */
export function tapeOfRun(spans: Iterable<SpanRecord>, options: RunTapeOptions): Tape {
  const all = [...spans];
  const byId = new Map(all.map((span) => [`${span.traceId} ${span.spanId}`, span]));
  const calls = all.flatMap((span) => callOf(span, originOf(span, byId), options) ?? []);

  const { runId, missing } = options;
  return { name: `run ${runId}`, missing, calls: fromStart(calls), arrivals: 'as-fast-as-allowed' };
}

/** Spans of evaluators and of targets enclose the calls that these make. */
function originOf(span: SpanRecord, byId: ReadonlyMap<string, SpanRecord>): CallOrigin {
  const origin: CallOrigin = { target: undefined, isJudge: false };
  for (let at = parentOf(span, byId); at; at = parentOf(at, byId)) {
    const agent = at.attributes[GEN_AI.agentName];
    if (at.name.startsWith('evaluate ')) origin.isJudge = true;
    if (typeof agent === 'string') origin.target ??= agent;
  }
  return origin;
}

function parentOf(
  { traceId, parentSpanId }: SpanRecord,
  byId: ReadonlyMap<string, SpanRecord>,
): SpanRecord | undefined {
  return parentSpanId === null ? undefined : byId.get(`${traceId} ${parentSpanId}`);
}

function callOf(
  span: SpanRecord,
  origin: CallOrigin,
  { runId, price, poolOf }: RunTapeOptions,
): TapeCall | undefined {
  const { attributes } = span;
  const provider = attributes[GEN_AI.providerName];
  if (attributes[GEN_AI.operationName] !== 'chat' || typeof provider !== 'string') return undefined;

  const inputTokens = count(attributes[GEN_AI.inputTokens]);
  const outputTokens = count(attributes[GEN_AI.outputTokens]);
  const model = String(attributes[GEN_AI.requestModel] ?? '');
  const counted = inputTokens !== null && outputTokens !== null;

  return {
    provider,
    pool: poolOf(origin),
    caller: runId,
    atMs: span.startMs,
    attempts: attemptsOf(span),
    inputTokens,
    outputTokens,
    costUsd: counted ? price({ provider, model, inputTokens, outputTokens }) : null,
  };
}

/**
 * An attempt begins when the last of our own waits before it is over, and not when it was wanted. A retry's event is written when
 * an attempt has failed, and says how long the next one waits at least; an event of a rejection, when no further one was sent.
 */
function attemptsOf(span: SpanRecord): TapeAttempt[] {
  const attempts: TapeAttempt[] = [];
  let from = span.startMs;
  for (const { name, timeMs, attributes } of span.events) {
    if (name === EVENT.wait) from = Math.max(from, timeMs);
    if (name === EVENT.rejected) return attempts;
    if (name !== EVENT.retry) continue;

    const outcome = outcomeOf(attributes[GENERAL.errorType]);
    attempts.push({ atMs: from, durationMs: Math.max(0, timeMs - from), outcome });
    from = timeMs + (count(attributes[RETRY.waitMs]) ?? 0);
  }

  const failed = span.attributes[GENERAL.errorType];
  const outcome = failed === undefined ? 200 : outcomeOf(failed);
  attempts.push({ atMs: Math.min(from, span.endMs), durationMs: Math.max(0, span.endMs - from), outcome });
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
