import type { GoldenCase, LocatedCase } from '../../src/engine/model/case.ts';
import { emptyOutput, type Output } from '../../src/engine/model/output.ts';
import type { TrialResult, TrialStatus } from '../../src/engine/model/result.ts';
import type { RunPlan } from '../../src/engine/model/run.ts';

type Complete = Extract<Output, { status: 'complete' }>;

export function plan(
  options: { targets?: string[]; cases?: number; repeat?: number; gate?: RunPlan['gate'] } = {},
): RunPlan {
  const { targets = ['a'], cases = 100, repeat = 1 } = options;
  return {
    suite: 'fixture',
    configPath: 'touchstone.yaml',
    targets: targets.map((name) => ({ name, kind: 'echo', hash: `hash of ${name}` })),
    dataset: {
      path: 'fixture.golden.yaml',
      version: '1.0.0',
      schemaVersion: '2.0.0',
      contentHash: 'dataset',
      count: cases,
    },
    evaluatorsHash: 'evaluators',
    filter: { names: [], tags: [] },
    repeat,
    seed: 0,
    trials: targets.length * cases * repeat,
    gate: options.gate ?? null,
  };
}

export function complete(text: string, more: Partial<Complete> = {}): Complete {
  return { ...emptyOutput(), status: 'complete', text, costUsd: 0, ...more };
}

export function trialResult(
  options: {
    target?: string;
    caseIndex?: number;
    trial?: number;
    status?: TrialStatus;
    score?: number | null;
    output?: Output;
  } & Partial<Pick<TrialResult, 'cluster' | 'tags' | 'evaluations' | 'settlement'>> = {},
): TrialResult {
  const { target = 'a', caseIndex = 0, trial = 0, status = 'passed' } = options;
  return {
    target,
    caseId: `case-${caseIndex}`,
    caseIndex,
    trial,
    status,
    score: options.score === undefined ? (status === 'passed' ? 1 : 0) : options.score,
    reason: status,
    evaluations: options.evaluations ?? [],
    settlement: options.settlement ?? { stage: 'heuristic', early: false, reason: '', skipped: [] },
    output: options.output ?? complete('text'),
    traceId: '0'.repeat(32),
    tags: options.tags ?? [],
    startedAt: 1_000,
    ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
  };
}

export function located(cases: readonly GoldenCase[]): LocatedCase[] {
  return cases.map((entry, index) => ({
    case: entry,
    index,
    location: { path: 'fixture.golden.yaml', line: index + 1, column: 1 },
  }));
}
