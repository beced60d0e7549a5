import type { TrialResult } from '../../model/result.ts';
import type { RunRecord } from '../../model/run.ts';
import type { Clock } from '../../ports.ts';
import { CurrentResults } from '../../store/currentResults.ts';
import type { RunStore } from '../../store/runStore.ts';
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
  /** Hears of each run once it is stored. */
  onMeasured?(run: MeasuredRun): void;
}

/** Results that are read in one go. */
const AT_ONCE = 200;
/** What the names of their cursors begin with. */
const RUN = 'run ';
const MEASURED = { seq: 1, mark: 'measured' };

/**
 * Measures the scores of evaluations that are complete, each once: which ones were is stored with them. Returns how many runs that were.
 * Rejects with StoreError.
 */
export async function measureRuns(options: RunQualityOptions): Promise<number> {
  const { runs, store, clock } = options;
  const before = store.logs(RUN);
  let measured = 0;
  for (const id of runs.completeIds()) {
    const name = `${RUN}${id}`;
    const run = before.has(name) ? undefined : runs.lookUp(id);
    if (!run) continue;

    const results = new CurrentResults(runs, id);
    const isMeasured = isWhole(run);
    const batch = isMeasured ? await batchOf(run, results, options) : new MetricBatch();
    try {
      store.commit(batch, { name, from: NOWHERE, to: MEASURED }, clock.now());
    } catch (error) {
      if (error instanceof CursorMoved) continue;
      throw error;
    }
    if (!isMeasured) continue;
    measured += 1;
    options.onMeasured?.({
      ...{ run, passed: runs.verdicts.of(run.id)?.passed ?? null, results: results.results() },
    });
  }
  return measured;
}

/** Neither a part of another run nor a comparison, which holds two in one. */
function isWhole({ plan }: RunRecord): boolean {
  return plan.partOf === undefined && plan.comparison === undefined;
}

async function batchOf(
  { plan }: RunRecord,
  current: CurrentResults,
  { clock, store: { retention } }: RunQualityOptions,
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
