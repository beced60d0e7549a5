import { deriveId } from '../engine/datasets/import/caseIds.ts';
import { resolveInside } from '../engine/files/confine.ts';
import type { SpanMessage } from '../engine/model/agentSpan.ts';
import type { JsonValue } from '../engine/model/json.ts';
import { storePath } from '../engine/store/storeFile.ts';
import { workspacePath } from '../engine/suites/config/fileReference.ts';
import { traceStorePath } from '../engine/traces/traceStoreFormat.ts';
import type { Handlers } from '../protocol/call.ts';
import type { traceCalls } from '../protocol/traceCalls.ts';
import { datasetJob } from './datasetThread.ts';
import type { Session } from './session.ts';
import { withoutLeaks } from './spanCases.ts';
import { spanPrompts } from './spanPrompts.ts';
import { TraceThread } from './traceThread.ts';

/** What looks at traces. Lists and single traces are read in threads of their own: a large trace keeps no list waiting. */
export function traceHandlers(session: Session): Handlers<typeof traceCalls> {
  let threads: { lists: TraceThread; traces: TraceThread } | undefined;
  const opened = () => (threads ??= open(session));
  const priced = (thread: TraceThread): TraceThread => {
    const { config } = session;
    if (config) thread.price(config.providers);
    return thread;
  };
  const lists = () => priced(opened().lists);
  const traces = () => priced(opened().traces);

  return {
    'traces/list': (params, signal) => lists().do('traces/list', params, signal),
    'traces/groups': (params, signal) => lists().do('traces/groups', params, signal),
    'traces/values': (params, signal) => lists().do('traces/values', params, signal),
    'traces/summaries': (params, signal) => lists().do('traces/summaries', params, signal),
    'traces/find': (params, signal) => lists().do('traces/find', params, signal),
    'traces/children': (params, signal) => traces().do('traces/children', params, signal),
    'traces/rows': (params, signal) => traces().do('traces/rows', params, signal),
    'traces/span': (params, signal) => traces().do('traces/span', params, signal),
    'traces/prompts': async (params, signal) => {
      const { detail } = await traces().do('traces/span', params, signal);
      const input = detail?.span?.input;
      if (input?.kind !== 'messages') return { prompts: [] };
      return { prompts: await spanPrompts(session, input.messages as SpanMessage[], signal) };
    },
    'traces/cases': (params, signal) => traces().do('traces/cases', params, signal),
    'traces/compare': (params, signal) => traces().do('traces/compare', params, signal),
    'traces/path': (params, signal) => traces().do('traces/path', params, signal),
    'traces/ofCase': (params, signal) => lists().do('traces/ofCase', params, signal),
    'traces/addCases': async ({ path, text, cases, redact }, signal) => {
      const absolute = resolveInside(session.root, path, { path });
      const shown = workspacePath(session.root, absolute);
      const drafts = cases.map((draft) => withoutLeaks(draft, redact));
      const named = drafts.map((draft) => ({
        id: deriveId((draft.messages ?? draft.input ?? null) as JsonValue),
        ...draft,
      }));
      // Ids are made from inputs: two of one input are one case.
      const distinct = [...new Map(named.map((one) => [one.id, one])).values()];
      const { added, same, different, edits } = await datasetJob(
        'append',
        { path: shown, text, cases: distinct },
        { size: text.length, signal },
      );
      return { added, duplicates: [...same, ...different], edits };
    },
    'traces/watch': ({ on }) => {
      lists().watch(on);
      return {};
    },
  };
}

function open(session: Session): { lists: TraceThread; traces: TraceThread } {
  const files = { traces: traceStorePath(session.root), runs: storePath(session.root) };
  const lists = new TraceThread(files, (changes) => session.tell('traces/changed', changes));
  const traces = new TraceThread(files);
  session.onClose(async () => {
    await Promise.all([lists.close(), traces.close()]);
  });
  return { lists, traces };
}
