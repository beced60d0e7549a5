import * as z from 'zod/mini';
import { spanDetail, spanRow, traceHead } from '../../protocol/traceRow.ts';

/**
 * The contract between the trace page and the panel that holds it; plain data in both directions, checked on arrival.
 *
 * A host sends `actions`, then `trace` with its head and its lines in batches of `rows`, from the first on. More of a trace is sent as
 * the whole again with another version: the page shows the former one until the first lines of the new one are there.
 */

/** What a person can do with a span, or with the trace where none is chosen. */
export const traceActions = [
  'go-to-code',
  'go-to-prompt',
  'add-to-dataset',
  'compare',
  'open-in',
  'open-case',
  'reveal',
] as const;
export type TraceAction = (typeof traceActions)[number];

const version = z.int();
const spanId = z.string();

/** From the host to the page. */
export const toTracePage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('actions'), available: z.array(z.enum(traceActions)) }),
  z.object({ type: z.literal('trace'), version, head: traceHead }),
  z.object({ type: z.literal('rows'), version, offset: z.int(), rows: z.array(spanRow) }),
  /** There is no such trace; `message` says so to the person. */
  z.object({ type: z.literal('missing'), traceId: z.string(), message: z.string() }),
  /** Answers `load-span`. */
  z.object({ type: z.literal('span'), detail: spanDetail }),
  z.object({ type: z.literal('span-missing'), spanId, message: z.string() }),
  /** Shows a span, as if the person had chosen it. */
  z.object({ type: z.literal('reveal'), spanId }),
]);
export type ToTracePage = z.infer<typeof toTracePage>;

/** From the page to the host. */
export const fromTracePage = z.discriminatedUnion('type', [
  /** The page listens; nothing that was sent before has arrived. */
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('load-span'), spanId }),
  z.object({ type: z.literal('action'), action: z.enum(traceActions), spanId: z.nullable(spanId) }),
  /** Into the clipboard. */
  z.object({ type: z.literal('copy'), text: z.string() }),
]);
export type FromTracePage = z.infer<typeof fromTracePage>;
