import type { RunStore } from '../engine/store/runStore.ts';
import { bucketStart, LEVEL_MS } from '../engine/telemetry/metrics/levels.ts';
import type { MetricQuery } from '../engine/telemetry/metrics/metricQuery.ts';
import type { MetricStore } from '../engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../engine/telemetry/metrics/metricStoreFormat.ts';
import type { Handlers, ParamsOf } from '../protocol/call.ts';
import type { metricCalls } from '../protocol/metricCalls.ts';
import { dimensions, type MetricMark } from '../protocol/metricEntries.ts';
import { MetricFile } from './metricFile.ts';
import { MetricWatch } from './metricWatch.ts';
import type { Session } from './session.ts';

/** Runs that marks are looked for among. */
const MOST_RUNS = 1_000;

/** What looks at metrics. They are summed up already, so that a thread of their own is not needed. */
export function metricHandlers(session: Session): Handlers<typeof metricCalls> {
  let opened: MetricFile | undefined;
  const file = () => (opened ??= new MetricFile(metricStorePath(session.root), session.ports.clock));
  const watch = new MetricWatch(
    () => file().version,
    () => session.tell('metrics/changed', {}),
  );
  session.onClose(async () => {
    watch.stop();
    opened?.close();
  });

  return {
    'metrics/series': (params) => series(file().store, params),
    'metrics/values': () => {
      const { store } = file();
      const values = dimensions.map((dimension) => [dimension, store.values(dimension)]);
      return { values: Object.fromEntries(values) };
    },
    'metrics/marks': ({ fromMs, toMs, limit }) => {
      const marks = session.store ? runMarks(session.store) : [];
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
  return { stepMs, measured };
}

function runMarks(store: RunStore): MetricMark[] {
  return store.evaluations(MOST_RUNS).flatMap(({ id, plan, status }): MetricMark[] => {
    if (status.state !== 'complete') return [];
    const passed = store.verdicts.of(id)?.passed ?? null;
    return [{ kind: 'run', timeMs: status.finishedAt, runId: id, suite: plan.suite, passed }];
  });
}
