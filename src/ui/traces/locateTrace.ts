import type { TraceSummary } from '../../protocol/traceRow.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { TraceArgument } from './traceArgument.ts';
import type { TraceLook, TraceLooks } from './traceLook.ts';
import type { TraceNode, TracesView } from './tracesView.ts';

/** Pages of the list that are read to find a trace in it. */
const PAGES = 3;

export interface TraceTree {
  view: TracesView;
  looks: TraceLooks;
  engine: EngineClient;
}

/**
 * The node of a trace or span, with what is above it, whatever of that was read so far. A trace that stands further down than the
 * first pages is found by a filter. Undefined where it is not stored.
 */
export async function locateTrace(
  { traceId, spanId }: TraceArgument,
  { view, looks, engine }: TraceTree,
): Promise<TraceNode | undefined> {
  const { traces } = await engine.call('traces/summaries', { traceIds: [traceId] });
  const [summary] = traces;
  if (!summary) return undefined;

  let trace = await inPages(summary, view, looks.look.group);
  if (!trace) {
    looks.change({ filter: { text: traceId } });
    trace = await inPages(summary, view, looks.look.group);
  }
  if (!trace || spanId === undefined) return trace;

  const { path } = await engine.call('traces/path', { traceId, spanId });
  let at: TraceNode & { traceId: string } = trace;
  for (const { spanId: id, parent, index } of path) {
    if (!(await view.reach(at, parent, index))) break;
    const children = await view.getChildren(at);
    const next = children.find((node) => node.kind === 'span' && node.spanId === id);
    // A trace stands for its only root.
    if (next?.kind === 'span') at = next;
    else if (parent !== null) break;
  }
  return at;
}

async function inPages(
  trace: TraceSummary,
  view: TracesView,
  by: TraceLook['group'],
): Promise<(TraceNode & { kind: 'trace' }) | undefined> {
  const keys = groupKeys(trace, by);
  for (let pages = PAGES; pages > 0; pages -= 1) {
    const top = await view.getChildren();
    const group = top.find((node) => node.kind === 'group' && keys.includes(node.key));
    const found = [...top, ...(group ? await view.getChildren(group) : [])].find(
      (node) => node.kind === 'trace' && node.traceId === trace.traceId,
    );
    if (found?.kind === 'trace') return found;

    const more = top.find(({ kind }) => kind === 'more');
    if (more?.kind !== 'more') return undefined;
    await view.more(more);
  }
  return undefined;
}

/** Of the groups that a trace can stand in. */
function groupKeys(
  { session, services, models, release, origin }: TraceSummary,
  by: TraceLook['group'],
): (string | null)[] {
  switch (by) {
    case 'session':
      return [origin?.runId ?? session];
    case 'service':
      return services;
    case 'model':
      return [models[0] ?? null];
    case 'release':
      return [release];
    case 'none':
      return [];
  }
}
