import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { judgeRun } from '../../../src/engine/compare/gate.ts';
import type { GatePolicy } from '../../../src/engine/model/gatePolicy.ts';
import type { TrialResult } from '../../../src/engine/model/result.ts';
import { summarize } from '../../../src/engine/runs/summarize.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';

function judge(gate: Partial<GatePolicy>, results: readonly TrialResult[], cases = results.length) {
  return judgeRun({ undecided: 'fail', ...gate }, summarize(plan({ cases }), results));
}

const passed = trialResult({ caseIndex: 0 });
const failed = trialResult({ caseIndex: 1, status: 'failed' });

describe('judgeRun', () => {
  it('passes and fails by the pass rate', () => {
    assert.equal(judge({ minPassRate: { overall: 0.5, tags: {} } }, [passed, failed]).passed, true);
    const report = judge({ minPassRate: { overall: 0.51, tags: {} } }, [passed, failed]);
    assert.equal(report.passed, false);
    assert.match(report.clauses[0]?.reason ?? '', /^pass rate 50\.0 %, required at least 51 %/);
  });

  it('never passes without data, whatever the policy says of undecided clauses', () => {
    for (const undecided of ['fail', 'pass'] as const) assert.equal(judge({ undecided }, []).passed, false);
  });

  it('never passes a run that is not complete', () => {
    assert.equal(judge({ undecided: 'pass' }, [passed], 2).passed, false);
  });

  it('never passes when all trials are errors', () => {
    const errored = trialResult({ status: 'errored', score: null });
    assert.equal(judge({ minScore: 0 }, [errored]).clauses[0]?.status, 'undecided');
    assert.equal(judge({ minScore: 0 }, [errored]).passed, false);
  });

  it('leaves an unknown cost undecided, but fails a known excess', () => {
    const unknown = trialResult({ caseIndex: 0, output: complete('x', { costUsd: null }) });
    const dear = trialResult({ caseIndex: 1, output: complete('x', { costUsd: 3 }) });
    assert.equal(judge({ maxCostUsd: 2 }, [unknown]).clauses[0]?.status, 'undecided');
    assert.equal(judge({ maxCostUsd: 2 }, [unknown, dear]).clauses[0]?.status, 'fail');
    assert.equal(judge({ maxCostUsd: 3 }, [dear]).clauses[0]?.status, 'pass');
  });

  it('leaves a tag without cases and a single trial undecided', () => {
    const report = judge({ minPassRate: { tags: { critical: 1 } }, maxFlakyShare: 0.1 }, [passed]);
    assert.deepEqual(
      report.clauses.map((clause) => [clause.name, clause.status]),
      [
        ['min_pass_rate[critical]', 'undecided'],
        ['max_flaky_share', 'undecided'],
      ],
    );
    assert.equal(report.passed, false);
  });

  it('does not ask a single run about regressions', () => {
    const report = judge({ noRegression: ['critical'] }, [passed]);
    assert.equal(report.clauses[0]?.status, 'not-asked');
    assert.equal(report.passed, true);
  });
});
