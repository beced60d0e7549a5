import { existsSync } from 'node:fs';
import { formatDuration, formatPercent, formatScore } from '../../src/engine/model/figures.ts';
import type { MetricPoint, MetricQuery } from '../../src/engine/telemetry/metrics/metricQuery.ts';
import { MetricStore } from '../../src/engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../../src/engine/telemetry/metrics/metricStoreFormat.ts';

/** What a line is about, in milliseconds. */
const WINDOW_MS = 20_000;

/**
 * One line of what was measured of answers lately, at most since `beganMs`, read from the workspace's metrics; undefined while there are
 * none.
 */
export function figuresLine(root: string, beganMs: number): string | undefined {
  const file = metricStorePath(root);
  if (!existsSync(file)) return undefined;

  const store = new MetricStore(file, { access: 'read' });
  try {
    const toMs = Date.now();
    const fromMs = Math.max(toMs - WINDOW_MS, beganMs);
    const total = (measure: MetricQuery['measure'], where: MetricQuery['where']): MetricPoint | undefined =>
      store.total({
        ...{ measure, where, by: null, fromMs, toMs },
        ...{ level: 'auto', mostPoints: 1 },
      })[0]?.points[0];
    const answers = total('durationMs', { operation: 'agent' });
    const errors = total('errors', { operation: 'agent' });
    if (!answers) return undefined;
    const score = total('score', {});
    return [
      `quality ${score ? formatScore(score.mean) : 'not evaluated'}`,
      `p95 ${formatDuration(answers.p95)}`,
      `errors ${formatPercent(errors?.mean ?? null)}`,
      `${((answers.count * 1_000) / (toMs - fromMs)).toFixed(1)} answers per second`,
    ].join('   ');
  } finally {
    store.close();
  }
}
