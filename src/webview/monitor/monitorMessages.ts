import * as z from 'zod/mini';
import { callKinds, dimension, measured, metricMark, metricWhere } from '../../protocol/metricEntries.ts';
import { traceSummary } from '../../protocol/traceRow.ts';

/**
 * The contract between the monitor page and the panel that holds it; plain data in both directions, checked on arrival.
 *
 * The page says what it looks at (`look`), whenever that changes. The host answers with a `board`, and sends another one whenever
 * there is more, at most once a second and only while the panel can be seen.
 */

/** Half-open, in milliseconds since the epoch. */
export const timeRange = z.object({ fromMs: z.number(), toMs: z.number() });
export type TimeRange = z.infer<typeof timeRange>;

const shownRange = z.discriminatedUnion('kind', [
  /** Up to now, and going on. */
  z.object({ kind: z.literal('last'), ms: z.number() }),
  z.object({ kind: z.literal('between'), ...timeRange.shape }),
]);

/** What is looked at. */
export const look = z.object({ range: shownRange, by: z.nullable(dimension), where: metricWhere });
export type Look = z.infer<typeof look>;

export const chartId = z.enum(['traffic', 'errors', 'latency', 'tokens', 'cost', 'quality']);
export type ChartId = z.infer<typeof chartId>;

/** A point of a chart that traces are asked of. */
export const chartPoint = z.object({ chart: chartId, ...timeRange.shape, where: metricWhere });
export type ChartPoint = z.infer<typeof chartPoint>;

const board = z.object({
  look,
  ...timeRange.shape,
  /** Length of a bucket, in milliseconds. */
  stepMs: z.number(),
  measured: z.array(measured),
  kinds: callKinds,
  marks: z.array(metricMark),
  /** Where nothing was measured in the range: the UTC day on which something last was, if ever. */
  lastMs: z.nullable(z.number()),
});
export type Board = z.infer<typeof board>;

const receiverLook = z.object({
  state: z.enum(['receiving', 'starting', 'off', 'failed', 'untrusted']),
  /** What is known, in words. */
  text: z.string(),
});
export type ReceiverLook = z.infer<typeof receiverLook>;

/** From the host to the page. */
export const toMonitorPage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('board'), board }),
  /** What there is to group and filter by. */
  z.object({ type: z.literal('values'), values: z.partialRecord(dimension, z.array(z.string())) }),
  z.object({ type: z.literal('receiver'), receiver: receiverLook }),
  /** Answers `load-traces`. */
  z.object({
    type: z.literal('traces'),
    point: chartPoint,
    traces: z.array(traceSummary),
    more: z.boolean(),
  }),
  /** Answers `load-traces` where they could not be read; `message` says why. */
  z.object({ type: z.literal('traces-failed'), point: chartPoint, message: z.string() }),
  /** Nothing could be read; `message` says why. The next board takes its place. */
  z.object({ type: z.literal('failed'), message: z.string() }),
]);
export type ToMonitorPage = z.infer<typeof toMonitorPage>;

/** From the page to the host. */
export const fromMonitorPage = z.discriminatedUnion('type', [
  /** The page listens; nothing that was sent before has arrived. */
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('look'), look }),
  z.object({ type: z.literal('load-traces'), point: chartPoint }),
  z.object({ type: z.literal('open-trace'), traceId: z.string() }),
  z.object({ type: z.literal('add-to-dataset'), traceIds: z.array(z.string()) }),
  z.object({ type: z.literal('open-run'), runId: z.string() }),
  z.object({ type: z.literal('start-receiving') }),
  z.object({ type: z.literal('copy-endpoint') }),
]);
export type FromMonitorPage = z.infer<typeof fromMonitorPage>;
