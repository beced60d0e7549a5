import * as z from 'zod/mini';

/** What a person set up in the page; kept by the editor while the page is gone. `traceId` is what its panel is known by again. */
const traceViewState = z.object({
  version: z.literal(1),
  traceId: z.string(),
  /** The span in the drawer. */
  spanId: z.optional(z.string()),
  closed: z.array(z.string()),
  text: z.string(),
  errorsOnly: z.boolean(),
});
export type TraceViewState = z.infer<typeof traceViewState>;

export const FIRST_TRACE_VIEW: TraceViewState = {
  version: 1,
  traceId: '',
  closed: [],
  text: '',
  errorsOnly: false,
};

export function readTraceViewState(kept: unknown): TraceViewState {
  const parsed = traceViewState.safeParse(kept);
  return parsed.success ? parsed.data : FIRST_TRACE_VIEW;
}
