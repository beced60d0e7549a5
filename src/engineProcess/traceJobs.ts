import type { TraceReader } from '../engine/traces/traceReader.ts';
import type { EngineCalls } from '../protocol/calls.ts';
import { comparedTraces } from './comparedTraces.ts';
import { spanCase } from './spanCases.ts';

type TraceMethod = Extract<keyof EngineCalls, `traces/${string}`>;
/** What a thread does for the calls of the same names. */
export type TraceJob = Exclude<TraceMethod, 'traces/watch' | 'traces/prompts' | 'traces/addCases'>;
export type TraceParams<J extends TraceJob> = EngineCalls[J]['params'];

/** Values that are offered to filter by. */
const VALUES = 200;

export const traceJobs: {
  [J in TraceJob]: (reader: TraceReader, params: TraceParams<J>) => EngineCalls[J]['result'];
} = {
  'traces/list': (reader, { filter, order, group, limit, after }) =>
    reader.lists.traces({
      ...filter,
      ...{ group, order, limit, after: after ?? undefined },
    }),

  'traces/groups': (reader, { filter, by, limit, after }) => {
    const { lists } = reader;
    const { groups, next } = lists.groups({ ...filter, by, limit, after: after ?? undefined });
    const alone = lists.summaries(groups.flatMap(({ traceId }) => traceId ?? []));
    const byId = new Map(alone.map((trace) => [trace.traceId, trace]));
    return {
      groups: groups.map(({ traceId, ...group }) => ({ ...group, trace: byId.get(traceId ?? '') ?? null })),
      next,
    };
  },

  'traces/summaries': (reader, { traceIds }) => ({ traces: reader.summaries(traceIds) }),

  'traces/values': ({ lists }) => ({
    services: lists.values('service', VALUES),
    models: lists.values('model', VALUES),
    releases: lists.values('release', VALUES),
    sessions: lists.values('session', VALUES),
  }),

  'traces/find': (reader, { prefix, limit }) => ({
    traces: reader.summaries(reader.idsLike(prefix.trim().toLowerCase(), limit)),
  }),

  'traces/children': (reader, { traceId, spanId, offset, limit }) => {
    const trace = reader.trace(traceId);
    const below = trace?.below.get(spanId) ?? [];
    const rows = below.slice(offset, offset + limit).flatMap((index) => trace?.rows[index] ?? []);
    return { rows, total: below.length };
  },

  'traces/rows': (reader, { traceId, offset, limit }) => {
    const trace = reader.trace(traceId);
    if (!trace) return { head: null, rows: [] };

    const { tree, rows, diagnosis } = trace;
    const head = {
      ...reader.summaryOf(trace),
      unpriced: tree.unpriced.size,
      rows: rows.length,
      conventions: diagnosis.conventions,
    };
    return { head, rows: rows.slice(offset, offset + limit) };
  },

  'traces/cases': (reader, { spans }) => {
    const made = spans.flatMap(({ traceId, spanId }) => {
      const trace = reader.trace(traceId);
      return trace ? [{ traceId, ...spanCase(trace, spanId) }] : [];
    });
    return {
      cases: made.flatMap(({ draft, ...rest }) => (draft ? [{ ...rest, case: draft }] : [])),
      empty: made.filter(({ draft }) => draft === null).map(({ title }) => title),
    };
  },

  'traces/compare': (reader, { before, after }) => ({ comparison: comparedTraces(reader, before, after) }),

  'traces/path': (reader, { traceId, spanId }) => ({ path: reader.pathTo(traceId, spanId) }),

  'traces/ofCase': (reader, { caseId, limit }) => ({ traces: reader.ofCase(caseId, limit) }),

  'traces/span': (reader, { traceId, spanId }) => ({ detail: reader.span(traceId, spanId) ?? null }),
};
