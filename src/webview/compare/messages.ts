import * as z from 'zod/mini';
import { caseKey, changeCounts, comparedCase, comparison, pair } from './entries.ts';

/**
 * The contract between the comparison's page and whoever hosts it (the panel in VS Code, or the page itself in
 * a file of its own). Plain data in both directions, checked on arrival by whoever receives it.
 *
 * A host sends `begin`, `progress` while both sides are run, and `comparison` or `stopped` in the end.
 */

/** What a person can do with one case. A host names those that it offers; the page shows no others. */
export const caseActions = [
  'open-diff',
  'open-case',
  'rerun-pair',
  'mark-intended',
  'accept-candidate',
  'trace-baseline',
  'trace-candidate',
  'compare-steps',
] as const;
export type CaseAction = (typeof caseActions)[number];

/** What a person can do with the whole. */
export const pageActions = ['cancel', 'again', 'export'] as const;
export type PageAction = (typeof pageActions)[number];

/** From the host to the page. */
export const toPage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('actions'),
    cases: z.array(z.enum(caseActions)),
    page: z.array(z.enum(pageActions)),
  }),
  /** Forgets what was shown. */
  z.object({
    type: z.literal('begin'),
    suite: z.string(),
    /** How the sides are called. */
    baseline: z.string(),
    candidate: z.string(),
    /** One sentence on what the cases can show; empty when nothing is run. */
    outlook: z.string(),
    /** Pairs of live requests: nobody knows how many come, and they may be judged at any time. */
    live: z.boolean(),
  }),
  /** Cases that are complete on both sides since the last message; `done` of `trials` results are there. */
  z.object({
    type: z.literal('progress'),
    done: z.number(),
    trials: z.number(),
    counts: changeCounts,
    cases: z.array(comparedCase),
  }),
  z.object({
    type: z.literal('comparison'),
    comparison,
    /** Case id → why its change was meant. */
    intended: z.record(z.string(), z.string()),
  }),
  /** There is no verdict; `message` says why. */
  z.object({ type: z.literal('stopped'), message: z.string() }),
  /** Files that differ between the sides. */
  z.object({
    type: z.literal('files'),
    files: z.array(z.object({ path: z.string(), status: z.enum(['added', 'removed', 'changed']) })),
  }),
  z.object({ type: z.literal('intended'), case_id: z.string(), reason: z.string() }),
  /** Answers `load-pair`. */
  z.object({ type: z.literal('pair'), key: caseKey, pair }),
  z.object({ type: z.literal('pair-missing'), key: caseKey, message: z.string() }),
]);
export type ToPage = z.infer<typeof toPage>;

/** From the page to the host. */
export const fromPage = z.discriminatedUnion('type', [
  /** The page listens; nothing that was sent before has arrived. Sent again after the page was reloaded. */
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('load-pair'), key: caseKey }),
  z.object({ type: z.literal('case-action'), action: z.enum(caseActions), key: caseKey }),
  z.object({ type: z.literal('page-action'), action: z.enum(pageActions) }),
  z.object({ type: z.literal('open-file'), path: z.string() }),
]);
export type FromPage = z.infer<typeof fromPage>;
