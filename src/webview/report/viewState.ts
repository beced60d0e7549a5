import * as z from 'zod/mini';

export const statusFilters = ['all', 'passed', 'failed', 'errored', 'flaky'] as const;
export const sortColumns = [
  'dataset',
  'status',
  'case',
  'target',
  'score',
  'stage',
  'latency',
  'cost',
] as const;

const filter = z.object({
  status: z.enum(statusFilters),
  /** Empty texts ask for nothing. */
  tag: z.string(),
  stage: z.string(),
  target: z.string(),
  /** Results that this evaluator failed or could not measure. */
  evaluator: z.string(),
  text: z.string(),
});
export type RowFilter = z.infer<typeof filter>;

const sort = z.object({ column: z.enum(sortColumns), descending: z.boolean() });
export type RowSort = z.infer<typeof sort>;
export type SortColumn = RowSort['column'];

/** What a person set up in the page; kept by the host while the page is gone. */
const viewState = z.object({
  version: z.literal(1),
  /** Null: the first run. */
  run_id: z.nullable(z.string()),
  filter,
  sort,
  /** The result in the drawer; null when it is closed. */
  open: z.nullable(z.string()),
  compare: z.boolean(),
  scroll: z.number().check(z.nonnegative()),
});
export type ViewState = z.infer<typeof viewState>;

export const NO_FILTER: RowFilter = {
  status: 'all',
  tag: '',
  stage: '',
  target: '',
  evaluator: '',
  text: '',
};

export const FIRST_VIEW: ViewState = {
  version: 1,
  run_id: null,
  filter: NO_FILTER,
  sort: { column: 'dataset', descending: false },
  open: null,
  compare: false,
  scroll: 0,
};

/** The kept state, or a fresh one when there is none or another version wrote it. */
export function readViewState(kept: unknown): ViewState {
  const parsed = viewState.safeParse(kept);
  return parsed.success ? parsed.data : FIRST_VIEW;
}
