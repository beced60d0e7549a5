import * as z from 'zod/mini';

export const changeFilters = ['changed', 'improved', 'degraded', 'unmeasured', 'neutral', 'all'] as const;
export const caseOrders = ['worst', 'best', 'dataset'] as const;

const filter = z.object({
  change: z.enum(changeFilters),
  /** Empty texts ask for nothing. */
  tag: z.string(),
  text: z.string(),
  /** Leave out changes that are marked as meant. */
  hide_intended: z.boolean(),
});
export type CaseFilter = z.infer<typeof filter>;
export type CaseOrder = (typeof caseOrders)[number];

/** What a person set up in the page; kept by the host while the page is gone. */
const viewState = z.object({
  version: z.literal(1),
  filter,
  order: z.enum(caseOrders),
  /** The case in the drawer; null when it is closed. */
  open: z.nullable(z.string()),
});
export type ViewState = z.infer<typeof viewState>;

export const NO_FILTER: CaseFilter = { change: 'changed', tag: '', text: '', hide_intended: false };

export const FIRST_VIEW: ViewState = { version: 1, filter: NO_FILTER, order: 'worst', open: null };

/** The kept state, or a fresh one when there is none or another version wrote it. */
export function readViewState(kept: unknown): ViewState {
  const parsed = viewState.safeParse(kept);
  return parsed.success ? parsed.data : FIRST_VIEW;
}
