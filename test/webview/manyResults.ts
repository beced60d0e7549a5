import type { GoldenCase } from '../../src/engine/model/case.ts';
import type { TrialResult } from '../../src/engine/model/result.ts';
import type { RunReport } from '../../src/engine/reports/runReport.ts';
import { complete, plan, trialResult } from '../support/runFixtures.ts';
import { evaluation, reportOf } from '../support/sampleReport.ts';

const TAGS = ['billing', 'refunds', 'shipping', 'critical'];
const WORDS = 'the order was sent on monday and should reach you within three working days at most'.split(
  ' ',
);

/** A run of so many cases at one target; every seventh fails and every hundredth could not be scored. */
export function manyResults(count: number, options: { failAll?: boolean } = {}): RunReport {
  const cases: GoldenCase[] = [];
  const results: TrialResult[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = `case-${String(index).padStart(6, '0')}`;
    const tags = [TAGS[index % TAGS.length] ?? ''];
    const answer = sentence(index);
    cases.push({
      id,
      input: `Question ${index}: ${sentence(index + 3)}?`,
      expected_output: { answer },
      tags,
    });
    results.push({ ...result(index, answer, options.failAll === true), caseId: id, tags });
  }
  const gate = {
    minPassRate: { overall: 0.85, tags: {} },
    maxP95LatencyMs: 1500,
    undecided: 'fail' as const,
  };
  return reportOf({ plan: plan({ targets: ['agent'], cases: count, gate }), cases, results });
}

function result(index: number, answer: string, failAll: boolean): TrialResult {
  const errored = index % 100 === 99;
  const failed = failAll || index % 7 === 3;
  const status = errored ? 'errored' : failed ? 'failed' : 'passed';
  const score = errored ? null : failed ? (index % 40) / 100 : 1 - (index % 20) / 100;
  const said = failed ? answer.replace('monday', 'friday').replace('three', 'ten') : answer;
  return {
    ...trialResult({
      target: 'agent',
      caseIndex: index,
      status,
      score,
      output: complete(said, {
        latencyMs: 120 + (index % 900),
        costUsd: 0.0004 + (index % 13) / 100_000,
        usage: { inputTokens: 200 + (index % 50), outputTokens: 20 + (index % 9) },
        model: 'gpt-5-mini',
        finishReason: 'stop',
      }),
      evaluations: [
        evaluation('contains', failed ? 0 : 1, failed ? { reason: 'does not contain "monday"' } : {}),
        evaluation('rouge-l', score ?? 0, { stage: 'lexical' }),
      ],
      settlement: { stage: failed ? 'heuristic' : 'lexical', early: failed, reason: '', skipped: [] },
    }),
    reason: errored
      ? 'rouge-l could not measure'
      : failed
        ? 'contains failed: does not contain "monday"'
        : 'all passed',
  };
}

function sentence(seed: number): string {
  return WORDS.map((_, at) => WORDS[(at * 7 + seed) % WORDS.length]).join(' ');
}
