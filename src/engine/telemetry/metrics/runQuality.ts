import type { TrialResult } from '../../model/result.ts';
import type { RunRecord } from '../../model/run.ts';
import type { Clock } from '../../ports.ts';
import { CurrentResults } from '../../store/currentResults.ts';
import type { RunStore } from '../../store/runStore.ts';
import type { LevelRetention } from './levels.ts';
import { labelText } from './measuredSpan.ts';
import { finestLevel, wrongTime } from './measuredTime.ts';
import { MetricBatch } from './metricBatch.ts';
import { CursorMoved, type MetricStore, NOWHERE } from './metricStore.ts';

export interface MeasuredRun {
  run: RunRecord;
  /** Null where it was not decided. */
  passed: boolean | null;
  /** In stable order. */
  results: Iterable<TrialResult>;
}

export interface RunQualityOptions {
  runs: RunStore;
  store: MetricStore;
  clock: Clock;
  retention: LevelRetention;
  /** Hears of each run once it is stored. */
  onMeasured?(run: MeasuredRun): void;
}

/** Older ones were measured, or were there before anything was measured. */
const MOST_RUNS = 200;
/** Results that are read in one go. */
const AT_ONCE = 200;
const MEASURED = { seq: 1, mark: 'measured' };

/**
 * Measures the scores of evaluations that are complete, each once: which ones were is stored with them. Returns how many runs that were.
 * Rejects with StoreError.
 */
export async function measureRuns(options: RunQualityOptions): Promise<number> {
  const { runs, store, clock } = options;
  let measured = 0;
  for (const run of runs.evaluations(MOST_RUNS).reverse()) {
    const name = `run ${run.id}`;
    if (run.status.state !== 'complete' || store.cursor(name).seq !== 0) continue;

    const results = new CurrentResults(runs, run.id);
    const batch = await batchOf(run, results, options);
    try {
      store.commit(batch, { name, from: NOWHERE, to: MEASURED }, clock.now());
    } catch (error) {
      if (error instanceof CursorMoved) continue;
      throw error;
    }
    measured += 1;
    options.onMeasured?.({
      ...{ run, passed: runs.verdicts.of(run.id)?.passed ?? null, results: results.results() },
    });
  }
  return measured;
}

async function batchOf(
  { plan }: RunRecord,
  current: CurrentResults,
  { clock, retention }: RunQualityOptions,
): Promise<MetricBatch> {
  const batch = new MetricBatch();
  const suite = labelText(plan.suite);
  const now = clock.now();
  let read = 0;

  for (const { evaluations, startedAt } of current.results()) {
    const refused = wrongTime(startedAt, now);
    for (const evaluation of evaluations) {
      if (evaluation.status !== 'scored') continue;
      if (refused !== null) batch.refuse(refused);
      else {
        batch.add({
          labels: { suite, evaluator: labelText(evaluation.name) },
          timeMs: startedAt,
          finest: finestLevel(now - startedAt, retention),
          values: { score: evaluation.score },
        });
      }
    }
    read += 1;
    if (read % AT_ONCE === 0) await clock.sleep(0);
  }
  return batch;
}
