import type { AlertRule } from '../model/alertRule.ts';
import type { AlertTrace } from '../telemetry/alerts/alertNotice.ts';
import type { AlertWindow, TraceSource } from '../telemetry/alerts/alertSources.ts';
import type { TraceOrder, TraceQuery } from './traceQuery.ts';
import type { TraceStore } from './traceStore.ts';
import type { TraceSummary } from './traceSummary.ts';

/** Finds the traces behind an alert among those that were received. */
export function alertTraces(store: Pick<TraceStore, 'traces' | 'summaries'>): TraceSource {
  return {
    worst: (rule, window, limit) => store.traces(queryOf(rule, window, limit)).traces.map(toTrace),
    scored: (scores) => {
      const known = new Map(
        store.summaries(scores.map(({ traceId }) => traceId)).map((one) => [one.traceId, one]),
      );
      return scores.map(({ traceId, score, atMs }) => {
        const { title = '', startMs = atMs } = known.get(traceId) ?? {};
        return { traceId, title, startMs, score };
      });
    },
  };
}

function queryOf(rule: AlertRule, { fromMs, toMs, where }: AlertWindow, limit: number): TraceQuery {
  const { service, model, release } = where;
  const order = orderOf(rule);
  const query: TraceQuery = { until: toMs, service, model, release, order, limit };
  // Of a silence, what came last before it.
  if (order === 'newest' && !isUp(rule)) return query;
  return { ...query, since: fromMs, ...(order === 'errors' ? { errors: true } : {}) };
}

function orderOf({ condition: { quantity } }: AlertRule): TraceOrder {
  switch (quantity.kind) {
    case 'error-rate':
      return 'errors';
    case 'each-score':
      return 'lowest-score';
    case 'count':
      return quantity.of === 'errors' ? 'errors' : 'newest';
    case 'sum':
      return quantity.of === 'costUsd' ? 'costliest' : 'tokens';
    case 'statistic':
      return STATISTIC_ORDER[quantity.of];
  }
}

const STATISTIC_ORDER = {
  score: 'lowest-score',
  durationMs: 'slowest',
  firstTokenMs: 'slowest',
  inputTokens: 'tokens',
  outputTokens: 'tokens',
  costUsd: 'costliest',
} as const satisfies { [of: string]: TraceOrder };

function isUp({ condition: { operator } }: AlertRule): boolean {
  return operator.startsWith('>');
}

function toTrace({ traceId, title, startMs, score }: TraceSummary): AlertTrace {
  return { traceId, title, startMs, score };
}
