import * as z from 'zod/mini';
import { resultKey, resultRow } from '../../protocol/resultRow.ts';
import { resultDetail, runHead } from './entries.ts';

/**
 * The contract between the report page and whoever hosts it (the panel in VS Code, or the page itself in a
 * file of its own). Plain data in both directions, checked on arrival by whoever receives it.
 *
 * A host sends `actions` and then, for each run, `run` and its `rows` in batches of any size and order; a row
 * sent again replaces the earlier one. While a run goes on it sends `run` again with new figures.
 */

/** What a person can do with one result. A host names those that it offers; the page shows no others. */
export const reportActions = [
  'open-case',
  'open-diff',
  'rerun-case',
  'add-to-dataset',
  'open-trace',
  'compare-steps',
  'accept-output',
] as const;
export type ReportAction = (typeof reportActions)[number];

/** A person's verdict on an output, and why. */
export const outputLabel = z.object({ pass: z.boolean(), note: z.string() });
export type OutputLabel = z.infer<typeof outputLabel>;

/** From the host to the page. */
export const toPage = z.discriminatedUnion('type', [
  /** Forgets every run: the panel is used again for another one. */
  z.object({ type: z.literal('reset') }),
  z.object({ type: z.literal('actions'), available: z.array(z.enum(reportActions)) }),
  /** A new run, or new figures of a known one. */
  z.object({ type: z.literal('run'), head: runHead }),
  z.object({ type: z.literal('rows'), run_id: z.string(), rows: z.array(resultRow) }),
  /** Answers `load-case`. */
  z.object({
    type: z.literal('case'),
    run_id: z.string(),
    result: resultDetail,
    /** Null: nobody has labelled the output yet. Absent where it cannot be labelled. */
    label: z.optional(z.nullable(outputLabel)),
  }),
  /** Answers `load-case` when the result cannot be had; `message` is shown to the person. */
  z.object({ type: z.literal('case-missing'), run_id: z.string(), key: resultKey, message: z.string() }),
  /** Opens the drawer on a result, as if the person had chosen it. */
  z.object({ type: z.literal('reveal'), run_id: z.string(), key: resultKey }),
]);
export type ToPage = z.infer<typeof toPage>;

/** From the page to the host. */
export const fromPage = z.discriminatedUnion('type', [
  /** The page listens; nothing that was sent before has arrived. Sent again after the page was reloaded. */
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('load-case'), run_id: z.string(), key: resultKey }),
  /** Writes a label into the dataset, or takes it back; the host answers with the case. */
  z.object({
    type: z.literal('label'),
    run_id: z.string(),
    key: resultKey,
    label: z.nullable(outputLabel),
  }),
  z.object({
    type: z.literal('action'),
    action: z.enum(reportActions),
    run_id: z.string(),
    key: resultKey,
    case_id: z.string(),
    trace_id: z.string(),
  }),
]);
export type FromPage = z.infer<typeof fromPage>;
