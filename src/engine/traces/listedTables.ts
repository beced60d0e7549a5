/** Traces of runs, beside the table of received ones: see runTraceList.ts. */
export const RUN_TRACES = 'temp.run_traces';

/** What a list is read from, each with a condition that others can be added to. A trace of a run hides what was received of it. */
export function listedFrom({
  source,
  runs,
}: {
  source: 'received' | 'runs' | undefined;
  runs: boolean;
}): string[] {
  const received = runs
    ? `main.traces WHERE trace_id NOT IN (SELECT trace_id FROM ${RUN_TRACES})`
    : `main.traces WHERE ${source !== 'runs'}`;
  if (!runs || source === 'received') return [received];
  return source === 'runs' ? [`${RUN_TRACES} WHERE true`] : [received, `${RUN_TRACES} WHERE true`];
}
