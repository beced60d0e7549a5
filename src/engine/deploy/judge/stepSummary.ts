import { emptyOutput } from '../../model/output.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RunSummary } from '../../model/summary.ts';
import { GroupTally } from '../../runs/tally/groupTally.ts';
import type { Sample } from '../evidence/sample.ts';
import { isMeasured } from './quality.ts';
import { known } from './stepSamples.ts';

/** The samples as a run sums up its results, so that a gate says the same of them in the same words. */
export function stepSummary(samples: readonly Sample[]): RunSummary {
  const total = new GroupTally();
  const tags = new Map<string, GroupTally>();
  for (const [index, sample] of samples.entries()) {
    const trials = [trialOf(sample, index)];
    total.addCase(trials);
    for (const tag of sample.tags) {
      const group = tags.get(tag) ?? new GroupTally();
      tags.set(tag, group);
      group.addCase(trials);
    }
  }

  return {
    total: total.summary(),
    tags: [...tags].map(([tag, group]) => ({ tag, summary: group.summary() })),
    ...{ targets: [], stages: [], evaluators: [], missing: 0 },
    cascade: {
      ...{ judgeCalls: 0, judgeCallsSaved: 0, judgeCostUsd: 0, savedCostUsd: 0, savedMs: 0 },
      audited: { trials: 0, agreed: 0, interval: null },
    },
  };
}

function trialOf(sample: Sample, caseIndex: number): TrialResult {
  const { id, quality, isError, latencyMs, costUsd, tags, cluster, atMs, traceId } = sample;
  const isScored = !isError && isMeasured(sample);
  const latency = known(latencyMs);
  const parts = { ...emptyOutput(), latencyMs: latency ?? 0, costUsd: known(costUsd) };
  return {
    ...{ target: 'green', caseId: id, caseIndex, trial: 0, traceId: traceId ?? '', startedAt: atMs },
    ...{ tags: [...tags], reason: '', evaluations: [] },
    ...(cluster === null ? {} : { cluster }),
    settlement: { stage: 'none', early: false, reason: '', skipped: [] },
    status: isScored ? (quality?.passed ? 'passed' : 'failed') : 'errored',
    score: isScored ? (quality?.score ?? null) : null,
    // The time of an answer that is not known is one that may be longer than any.
    output:
      isError || latency === null
        ? { ...parts, status: 'incomplete', reason: 'an error' }
        : { ...parts, status: 'complete' },
  };
}
