import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { judgeRun } from '../../../../src/engine/compare/gate/gate.ts';
import type { JudgeCheck, JudgeHealth } from '../../../../src/engine/model/evaluatorStudy.ts';
import type { GatePolicy } from '../../../../src/engine/model/gatePolicy.ts';
import { summarize } from '../../../../src/engine/runs/tally/summarize.ts';
import { plan, trialResult } from '../../../support/runFixtures.ts';

function judge(
  status: JudgeHealth['status'],
  ...checks: [JudgeCheck['check'], JudgeCheck['status']][]
): JudgeHealth {
  return {
    judge: 'rubric',
    status,
    checks: checks.map(([check, found]) => ({ check, status: found, value: null, reason: 'so it is' })),
    againstLabels: null,
    judged: null,
    corrected: null,
  };
}

function gate(policy: Partial<GatePolicy>, judges: readonly JudgeHealth[]) {
  const summary = summarize(plan({ cases: 1 }), [trialResult()]);
  return judgeRun({ minPassRate: { overall: 0.5, tags: {} }, undecided: 'fail', ...policy }, summary, judges);
}

const flips = judge('unhealthy', ['test-retest', 'fail'], ['errors', 'pass']);
const likesLength = judge('unhealthy', ['length', 'fail']);

describe('a gate and the health of its judges', () => {
  it('is undecided where a judge cannot be relied on, whatever the pass rate', () => {
    const { passed, clauses } = gate({}, [flips]);
    assert.equal(passed, false);
    assert.deepEqual(clauses.at(-1), {
      name: 'judge_health[rubric]',
      status: 'undecided',
      reason: 'the judge cannot be relied on (test-retest: so it is)',
    });
    assert.equal(gate({ undecided: 'pass' }, [flips]).passed, true);
  });

  it('only watches where nothing was asked for: what is unknown, and a liking for length, hold nothing up', () => {
    for (const health of [judge('unknown', ['labels', 'unknown']), likesLength, judge('healthy')])
      assert.deepEqual([gate({}, [health]).passed, gate({}, [health]).clauses.length], [true, 1]);
    assert.equal(gate({ judgeHealth: 'ignore' }, [flips]).passed, true);
  });

  it('asks for a healthy judge where that is required', () => {
    const asked = (judges: readonly JudgeHealth[]) =>
      gate({ judgeHealth: 'required' }, judges).clauses.at(-1)?.status;
    assert.equal(asked([judge('healthy', ['labels', 'pass'])]), 'pass');
    assert.equal(asked([judge('unknown', ['labels', 'unknown'])]), 'undecided');
    assert.equal(asked([likesLength]), 'undecided');
    assert.equal(asked([]), 'undecided');
  });

  it('says what it requires, check by check', () => {
    const said = (...judges: JudgeHealth[]) => gate({ judgeHealth: 'required' }, judges).clauses.at(-1);
    assert.deepEqual(said(), {
      name: 'judge_health',
      status: 'undecided',
      reason: 'no judge has judged anything',
    });
    const mixed = [
      ['labels', 'pass'],
      ['errors', 'pass'],
      ['length', 'unknown'],
      ['test-retest', 'unknown'],
    ] as const;
    const checks = mixed.map(([check, status]): [JudgeCheck['check'], JudgeCheck['status']] => [
      check,
      status,
    ]);
    assert.equal(said(judge('healthy', ...checks))?.reason, 'the judge holds in: labels, errors');
    assert.equal(
      said(judge('unknown', ...checks))?.reason,
      'too little is known of the judge: length: so it is; test-retest: so it is',
    );
    assert.deepEqual(said(judge('unhealthy', ['length', 'fail'], ['errors', 'fail'], ['labels', 'pass'])), {
      name: 'judge_health[rubric]',
      status: 'undecided',
      reason: 'the judge cannot be relied on (length: so it is; errors: so it is)',
    });
  });
});
