import type { SpanRecord } from '../../model/span.ts';
import { GEN_AI, GENERAL, TOUCHSTONE } from '../../telemetry/attributes.ts';
import { readSpan } from '../../telemetry/dialects/readSpan.ts';
import type { PriceSpan } from '../../telemetry/dialects/traceTree.ts';
import type { Pair } from '../routers/router.ts';
import type { Side } from '../sides.ts';
import type { Sample } from './sample.ts';

/** What an attempt of an exchange used. */
export interface Attempt {
  costUsd: number | null;
  servedModel: string | null;
}

/** Undefined for a span that is no attempt of the gateway. */
export function attemptOf(record: SpanRecord, price: PriceSpan): Attempt | undefined {
  const { attributes, parentSpanId } = record;
  if (parentSpanId === null || typeof attributes[TOUCHSTONE.targetName] !== 'string') return undefined;
  if (Object.hasOwn(attributes, TOUCHSTONE.route) || Object.hasOwn(attributes, TOUCHSTONE.runId))
    return undefined;
  const span = readSpan(record);
  return { costUsd: span.reportedUsd ?? price(span), servedModel: textOf(record, GEN_AI.responseModel) };
}

/**
 * The sample of an exchange of the route with one of its versions. Undefined for any other span, for what a cache answered, and where
 * the client went before there was an answer: they say nothing of a version. Where something answered in its place, it did not.
 */
export function exchangeSample(
  record: SpanRecord,
  { route, pair, attempts }: { route: string; pair: Pair; attempts: readonly Attempt[] },
): Sample | undefined {
  const { attributes, traceId, spanId, startMs, endMs } = record;
  if (attributes[TOUCHSTONE.route] !== route || Object.hasOwn(attributes, TOUCHSTONE.runId)) return undefined;
  const side = sideOf(textOf(record, TOUCHSTONE.arm), pair);
  const ending = textOf(record, TOUCHSTONE.ending);
  const source = textOf(record, TOUCHSTONE.source);
  if (side === undefined || ending === null || ending === 'left' || source === 'cache') return undefined;

  const status = Number(attributes[GENERAL.responseStatus] ?? 0);
  return {
    id: `${traceId}:${spanId}`,
    ...{ side, source: 'gateway', atMs: startMs, latencyMs: endMs - startMs, traceId },
    isError: ending !== 'done' || status >= 400 || source === 'fallback',
    costUsd: total(attempts.map(({ costUsd }) => costUsd)),
    tags: tagsOf(record),
    cluster: textOf(record, GENERAL.sessionId),
    servedModel: attempts.at(-1)?.servedModel ?? null,
  };
}

function sideOf(name: string | null, { blue, green }: Pair): Side | undefined {
  if (name === null) return undefined;
  if (name === green.name) return 'green';
  return name === blue?.name ? 'blue' : undefined;
}

/** Unknown where one of them is. */
function total(costs: readonly (number | null)[]): number | null {
  if (costs.length === 0) return null;
  return costs.reduce((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0);
}

export function tagsOf({ attributes }: SpanRecord): string[] {
  const tags = attributes[TOUCHSTONE.caseTags];
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

export function textOf({ attributes }: SpanRecord, name: string): string | null {
  const value = attributes[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
