import { compareStored, type StoredComparison } from '../../../src/engine/compare/compareStored.ts';
import type { Comparison } from '../../../src/engine/model/comparison.ts';
import type { TrialResult } from '../../../src/engine/model/result.ts';
import type { RunPlan } from '../../../src/engine/model/run.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';

/** Scores by the index of their case; null for a trial that errored. */
export type Scores = { readonly [caseIndex: number]: number | null };

/** A store for each test, and the comparison of the runs `before` and `after` in it. */
export function storedRuns() {
  let store = new RunStore(':memory:');
  beforeEach(() => {
    store = new RunStore(':memory:');
  });
  afterEach(() => store.close());

  return {
    get store() {
      return store;
    },
    /** A run without results. */
    planned(id: string, made: RunPlan): void {
      store.createRun({ id, plan: made, createdAt: 1, traceId: '0'.repeat(32) });
    },
    append(id: string, results: TrialResult[], inputs: readonly string[] = []): void {
      const cases = inputs.map((input, index) => ({
        case: { id: `case-${index}`, input },
        index,
        location: { path: 'fixture.golden.yaml', line: index + 1, column: 1 },
      }));
      store.append(id, { results, cases, spans: [], logs: [] }, { now: 1, elapsedMs: 1 });
    },
    /** A run of `planned` cases at one target, of which those with a score are stored. */
    run(id: string, scores: Scores, planned: number, more: Partial<RunPlan> = {}, text = id): void {
      this.planned(id, { ...plan({ cases: planned }), ...more });
      this.append(id, resultsOf(scores, text));
    },
    compare(more: Partial<StoredComparison> = {}): Comparison {
      return compareStored(store, {
        baseline: { label: 'before', runId: 'before', targets: ['a'] },
        candidate: { label: 'after', runId: 'after', targets: ['a'] },
        pairs: [{ baseline: 'a', candidate: 'a' }],
        same: false,
        ...more,
      });
    },
  };
}

export function resultsOf(scores: Scores, text: string, target = 'a'): TrialResult[] {
  return Object.entries(scores).map(([index, score]) =>
    trialResult({
      target,
      caseIndex: Number(index),
      score,
      status: score === null ? 'errored' : score >= 0.5 ? 'passed' : 'failed',
      output: complete(text),
      tags: ['t'],
    }),
  );
}

/** The same score for the cases from `from` up to `to`. */
export function same(from: number, to: number, score: number | null): Scores {
  return Object.fromEntries(Array.from({ length: to - from }, (_, at) => [from + at, score]));
}
