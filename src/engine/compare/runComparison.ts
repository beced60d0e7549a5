import { UsageError } from '../errors.ts';
import type { Comparison, SequentialProgress } from '../model/comparison.ts';
import { defined } from '../model/defined.ts';
import type { TrialResult } from '../model/result.ts';
import type { CandidateVerdict } from '../model/runVerdict.ts';
import type { BegunRun } from '../runs/lifecycle/begunRun.ts';
import type { RunListener, RunOutcome } from '../runs/lifecycle/runListener.ts';
import { orderOf } from '../runs/ordered/orderedTrials.ts';
import type { PreparedRun } from '../runs/preparation/preparedRun.ts';
import type { RunStore } from '../store/runStore.ts';
import { compareStored, DEFAULT_MARGIN } from './compareStored.ts';
import type { PlannedSide, PreparedComparison } from './preparedComparison.ts';
import { type DrawOrder, drawOrder } from './sequential/drawOrder.ts';
import { SequentialWatch } from './sequential/sequentialWatch.ts';
import { reuseResults } from './sides/reuseResults.ts';
import { candidateVerdict } from './verdict/candidateVerdict.ts';

/** How a run is begun and executed: the engine's own way, handed in. */
export interface Runner {
  store: RunStore;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Stores the run. */
  begin(run: PreparedRun): BegunRun;
  execute(
    run: BegunRun,
    listener: RunListener,
    /** `enough` is aborted when no more trials are needed: the run is then complete. */
    signals: { signal: AbortSignal; enough?: AbortSignal },
  ): Promise<RunOutcome>;
  /** Keeps what the comparison came to. */
  settle(runId: string, verdict: CandidateVerdict): void;
}

export interface RunComparisonOptions {
  signal: AbortSignal;
  /** Stop as soon as an anytime-valid test has settled the verdict. */
  sequential: boolean;
  /** Let earlier results of the very same target and case stand in. */
  reuse: boolean;
  margin?: number;
}

export interface FinishedComparison {
  comparison: Comparison;
  /** `interrupted`: by the person; the comparison is over what there is. */
  outcome: 'complete' | 'interrupted';
}

/**
 * Runs what is missing of a comparison, both sides interleaved, and compares. Stops early only where that was
 * asked for, since an ordinary test must not be looked at before its end.
 */
export async function runComparison(
  prepared: PreparedComparison,
  listener: RunListener,
  options: RunComparisonOptions,
  runner: Runner,
): Promise<FinishedComparison> {
  const { run } = prepared;
  const { store } = runner;
  if (!run)
    return { comparison: compareStored(store, storedRequest(prepared, '', options)), outcome: 'complete' };

  try {
    if (options.sequential) {
      ensureBothRun(prepared);
      ensureFreeOrder(prepared);
    }

    await run.ready(options.signal);
    const order = options.sequential ? await drawOrder(run.inputs, options.signal) : null;
    const drawn = order ? { ...run, inputs: { ...run.inputs, source: order.source } } : run;
    const begun = runner.begin(drawn);
    const { runId } = begun;

    const ended = (comparison: Comparison, outcome: RunOutcome): FinishedComparison => {
      if (outcome === 'complete') runner.settle(runId, candidateVerdict(comparison));
      return { comparison, outcome };
    };

    const reused =
      options.reuse && !readsEarlierCases(prepared)
        ? await reuseResults({
            store,
            now: runner.now(),
            runId,
            run,
            hashed: prepared.hashed,
            evaluatorsReadFiles: prepared.evaluatorsReadFiles,
            targets: prepared.reusable,
            signal: options.signal,
          })
        : { taken: new Map<string, number>(), refused: [] };
    const request = {
      ...storedRequest(prepared, runId, options),
      reused: reusedBy(prepared, reused.taken),
      notes: [...prepared.notes, ...reused.refused],
    };

    if (!order) {
      const { signal } = options;
      const outcome = await runner.execute(begun, listener, { signal });
      return ended(compareStored(store, request), outcome);
    }

    const { watch, outcome } = await runWatched(prepared, begun, order, listener, options, runner);
    const sequential = {
      caseIds: watch.caseIds,
      progress: progressOf(store, runId, watch, order, prepared.pairs.length),
    };

    return ended(compareStored(store, { ...request, sequential }), outcome);
  } finally {
    await run.close();
  }
}

/** A stored side was not drawn in the order of this comparison. Throws UsageError. */
function ensureBothRun({ baseline, candidate }: PreparedComparison): void {
  const stored = [baseline, candidate].find(({ storedRun }) => storedRun !== null);
  if (!stored) return;
  throw new UsageError(`${stored.label} is stored already, so there is nothing to stop early on that side`, {
    remedy: 'Leave out --sequential, or name a revision, target or model in place of the run.',
  });
}

/** Cases that read what earlier ones gave cannot be drawn at random. Throws UsageError. */
function ensureFreeOrder(prepared: PreparedComparison): void {
  if (!readsEarlierCases(prepared)) return;
  throw new UsageError('cases of this suite read what earlier ones gave, so they keep their order', {
    remedy: 'Leave out --sequential.',
  });
}

/** Results of such cases belong to the run that they are from: they are neither reused nor drawn in another order. */
function readsEarlierCases({ run }: PreparedComparison): boolean {
  return run !== null && orderOf(run.inputs) !== undefined;
}

/** Runs until the verdict is settled; what is under way then is dropped, and the run is complete. */
async function runWatched(
  prepared: PreparedComparison,
  run: BegunRun,
  order: DrawOrder,
  listener: RunListener,
  options: RunComparisonOptions,
  runner: Runner,
): Promise<{ watch: SequentialWatch; outcome: RunOutcome }> {
  const { runId, inputs } = run;
  const { plan } = inputs;
  const watch = new SequentialWatch({
    clusters: order.clusters,
    pairs: prepared.pairs,
    repeat: plan.repeat,
    compare: { margin: marginOf(prepared, options), seed: plan.seed, same: prepared.same },
  });

  const enough = new AbortController();
  const planned = order.clusters.flat().length;
  const follow = (results: readonly TrialResult[]): void => {
    watch.add(results);
    const seen = watch.caseIds.length;
    if (!watch.settled || seen === planned) return;
    enough.abort(new DOMException(`the verdict was settled after ${seen} of ${planned} cases`, 'AbortError'));
  };

  follow([...runner.store.results(runId)]);
  const outcome = await runner.execute(
    run,
    {
      onStart: listener.onStart,
      onResults: (record, results) => {
        listener.onResults(record, results);
        follow(results);
      },
    },
    { signal: options.signal, enough: enough.signal },
  );

  return { watch, outcome };
}

function marginOf({ run }: PreparedComparison, { margin }: RunComparisonOptions): number {
  return margin ?? run?.inputs.plan.gate?.nonInferiorityMargin ?? DEFAULT_MARGIN;
}

function storedRequest(prepared: PreparedComparison, runId: string, { margin }: RunComparisonOptions) {
  const side = ({ label, storedRun, targets }: PlannedSide) => ({
    label,
    runId: storedRun ?? runId,
    targets,
  });
  return {
    baseline: side(prepared.baseline),
    candidate: side(prepared.candidate),
    pairs: prepared.pairs,
    same: prepared.same,
    notes: prepared.notes,
    ...defined({ margin }),
  };
}

function reusedBy(prepared: PreparedComparison, reused: ReadonlyMap<string, number>) {
  const sum = ({ targets }: PlannedSide) =>
    targets.reduce((total, target) => total + (reused.get(target) ?? 0), 0);
  return { baseline: sum(prepared.baseline), candidate: sum(prepared.candidate) };
}

function progressOf(
  store: RunStore,
  runId: string,
  watch: SequentialWatch,
  order: DrawOrder,
  pairs: number,
): SequentialProgress {
  const planned = order.clusters.flat().length * pairs;
  const done = watch.caseIds.length * pairs;

  let [cost, made, unknown] = [0, 0, false];
  for (const { output } of store.results(runId)) {
    made += 1;
    if (output.costUsd === null) unknown = true;
    else cost += output.costUsd;
  }

  const { trials } = store.getRun(runId).plan;
  return {
    pairs: done,
    planned,
    stopped: watch.settled && done < planned,
    savedCostUsd: unknown || made === 0 ? null : (cost / made) * Math.max(0, trials - made),
  };
}
