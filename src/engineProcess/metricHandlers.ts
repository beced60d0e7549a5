import type { RunStore } from '../engine/store/runStore.ts';
import { AlertStore } from '../engine/telemetry/alerts/alertStore.ts';
import { alertStorePath } from '../engine/telemetry/alerts/alertStoreFormat.ts';
import { bucketStart, LEVEL_MS } from '../engine/telemetry/metrics/levels.ts';
import type { MetricQuery } from '../engine/telemetry/metrics/metricQuery.ts';
import { MetricStore } from '../engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../engine/telemetry/metrics/metricStoreFormat.ts';
import type { Handlers, ParamsOf } from '../protocol/call.ts';
import type { metricCalls } from '../protocol/metricCalls.ts';
import { type CallKinds, dimensions, type MetricMark } from '../protocol/metricEntries.ts';
import { MetricWatch } from './metricWatch.ts';
import type { Session } from './session.ts';
import { StoredFile } from './storedFile.ts';

/** Runs that marks are looked for among. */
const MOST_RUNS = 1_000;
/** Transitions of alerts that marks are looked for among. */
const MOST_ALERTS = 1_000;

/** What looks at metrics. They are summed up already, so that a thread of their own is not needed. */
export function metricHandlers(session: Session): Handlers<typeof metricCalls> {
  let opened: ReturnType<typeof open> | undefined;
  const files = () => (opened ??= open(session));
  const watch = new MetricWatch(
    () => `${files().metrics.version} ${files().alerts.version}`,
    () => session.tell('metrics/changed', {}),
  );
  session.onClose(async () => {
    watch.stop();
    opened?.metrics.close();
    opened?.alerts.close();
  });

  return {
    'metrics/series': (params) => series(files().metrics.store, params),
    'metrics/values': () => {
      const { store } = files().metrics;
      const values = dimensions.map((dimension) => [dimension, store.values(dimension)]);
      return { values: Object.fromEntries(values) };
    },
    'metrics/marks': ({ fromMs, toMs, limit }) => {
      const runs = session.store ? runMarks(session.store) : [];
      const marks = [...runs, ...alertMarks(files().alerts.store)];
      const within = marks.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs);
      return { marks: within.sort((a, b) => a.timeMs - b.timeMs).slice(-limit) };
    },
    'metrics/watch': ({ on }) => {
      if (on) watch.start();
      else watch.stop();
      return {};
    },
  };
}

function open({ root, ports: { clock } }: Session) {
  const access = 'read';
  return {
    metrics: new StoredFile(metricStorePath(root), (file) => new MetricStore(file, { access, clock })),
    alerts: new StoredFile(alertStorePath(root), (file) => new AlertStore(file, { access })),
  };
}

function series(store: MetricStore, params: ParamsOf<typeof metricCalls, 'metrics/series'>) {
  const { measures, fromMs, toMs, where, by, mostPoints } = params;
  let stepMs: number = LEVEL_MS['1d'];
  const measured = measures.map((measure) => {
    const query: MetricQuery = { measure, fromMs, toMs, where, by, level: 'auto', mostPoints };
    const answer = store.series(query);
    stepMs = answer.stepMs;
    const within = { ...query, fromMs: bucketStart(fromMs, stepMs) };
    const totals = store.total(within);
    const overall = (by === null ? totals : store.total({ ...within, by: null }))[0]?.points[0] ?? null;
    return { measure, series: answer.series, totals, overall };
  });
  return { stepMs, measured, kinds: kindsOf(store, params) };
}

function kindsOf(store: MetricStore, params: ParamsOf<typeof metricCalls, 'metrics/series'>): CallKinds {
  const { measures, fromMs, toMs, where } = params;
  if (!measures.includes('calls') || where.operation !== undefined) return [];
  const range = { fromMs, toMs, where, mostPoints: 1 };
  return store
    .total({ ...range, measure: 'calls', by: 'operation', level: 'auto' })
    .map(({ label, points }) => ({ operation: label, count: points[0]?.count ?? 0 }));
}

function runMarks(store: RunStore): MetricMark[] {
  return store.evaluations(MOST_RUNS).flatMap(({ id, plan, status }): MetricMark[] => {
    if (status.state !== 'complete') return [];
    const passed = store.verdicts.of(id)?.passed ?? null;
    return [{ kind: 'run', timeMs: status.finishedAt, runId: id, suite: plan.suite, passed }];
  });
}

function alertMarks(store: AlertStore): MetricMark[] {
  const { lastTransition } = store;
  const transitions = store.transitionsAfter(Math.max(0, lastTransition - MOST_ALERTS), MOST_ALERTS);
  return transitions.flatMap(({ atMs, notice: { kind, rule, group, summary } }): MetricMark[] => {
    if (kind === 'test') return [];
    const alert = group?.label == null ? rule : `${rule} (${group.label})`;
    return [{ kind: 'alert', timeMs: atMs, alert, state: kind, text: summary }];
  });
}
