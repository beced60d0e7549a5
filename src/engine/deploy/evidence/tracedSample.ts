import { isJsonObject } from '../../model/json.ts';
import type { SpanRecord } from '../../model/span.ts';
import { GENERAL, TOUCHSTONE } from '../../telemetry/attributes.ts';
import { readSpan } from '../../telemetry/dialects/readSpan.ts';
import { traceAnswer } from '../../telemetry/dialects/traceAnswer.ts';
import type { TraceTree } from '../../telemetry/dialects/traceTree.ts';
import type { Pair } from '../routers/router.ts';
import type { Side } from '../sides.ts';
import { tagsOf } from './exchangeSample.ts';
import type { Sample } from './sample.ts';

/** The side whose version a span says it is of: `service.version` is its name or its digest. */
export function versionSide({ resource, attributes }: SpanRecord, { blue, green }: Pair): Side | undefined {
  if (Object.hasOwn(attributes, TOUCHSTONE.runId) || Object.hasOwn(attributes, TOUCHSTONE.route))
    return undefined;
  const version = isJsonObject(resource ?? null) ? resource?.[GENERAL.serviceVersion] : undefined;
  if (typeof version !== 'string') return undefined;
  if (version === green.name || version === green.digest) return 'green';
  return blue && (version === blue.name || version === blue.digest) ? 'blue' : undefined;
}

/**
 * One request as a version has traced it. `entry` is the span that spans all others of the version in this trace; the cost is that of
 * the calls of the whole trace, each once.
 */
export function tracedSample(entry: SpanRecord, side: Side, tree: TraceTree): Sample {
  const span = readSpan(entry);
  const { costUsd, model } = traceAnswer(tree);
  return {
    id: `trace:${entry.traceId}:${side}`,
    ...{ side, source: 'traces', atMs: entry.startMs, latencyMs: entry.endMs - entry.startMs },
    isError: entry.status === 'error' || span.error !== null,
    costUsd: costUsd ?? null,
    tags: tagsOf(entry),
    cluster: span.session,
    traceId: entry.traceId,
    servedModel: model ?? null,
  };
}
