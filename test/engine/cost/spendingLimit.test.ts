import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SpendingLimit } from '../../../src/engine/cost/spendingLimit.ts';
import type { Evaluation } from '../../../src/engine/model/evaluation.ts';
import { emptyOutput } from '../../../src/engine/model/output.ts';
import { complete, trialResult } from '../../support/runFixtures.ts';

function costing(costUsd: number | null) {
  return trialResult({ output: complete('text', { costUsd }) });
}

function judged(costUsd: number | null): Evaluation {
  return {
    status: 'scored',
    score: 1,
    pass: true,
    reason: '',
    name: 'rubric',
    type: 'rubric',
    stage: 'judge',
    weight: 1,
    latencyMs: 1,
    costUsd,
  };
}

describe('spending limit', () => {
  it('lets a run go on while the next trial still fits', () => {
    const limit = new SpendingLimit({ perRun: 1 }, { run: 0, day: 0, dearest: 0 });
    for (let trial = 0; trial < 4; trial += 1) {
      limit.begin();
      limit.end(costing(0.2));
      assert.equal(limit.signal.aborted, trial === 4, `trial ${trial}`);
    }
    limit.begin();
    assert.equal(limit.signal.aborted, true);
    assert.equal(limit.reason, 'the next trial could pass the limit of $1.00 for a run; raise it to go on');
  });

  it('reckons what is under way at the dearest trial so far', () => {
    const limit = new SpendingLimit({ perRun: 1 }, { run: 0, day: 0, dearest: 0 });
    for (let trial = 0; trial < 4; trial += 1) limit.begin();
    limit.end(costing(0.1));
    assert.equal(limit.signal.aborted, false);
    limit.end(costing(0.3));
    // 0.4 are spent, two trials of up to 0.3 are under way: a third would pass the limit.
    assert.equal(limit.signal.aborted, true);
  });

  it('never passes the limit once a cost is known', () => {
    const limit = new SpendingLimit({ perRun: 1 }, { run: 0, day: 0, dearest: 0 });
    let spent = 0;
    limit.begin();
    while (!limit.signal.aborted) {
      limit.end(costing(0.15));
      spent += 0.15;
      if (!limit.signal.aborted) limit.begin();
    }
    assert.ok(spent <= 1 && spent > 0.6, `${spent}`);
  });

  it('counts judges, and only them when outputs were paid for before', () => {
    const result = trialResult({ output: complete('text', { costUsd: 5 }), evaluations: [judged(0.4)] });
    const both = new SpendingLimit({ perRun: 5.4 }, { run: 0, day: 0, dearest: 0 });
    both.begin();
    both.end(result);
    assert.match(both.reason ?? '', /\$5\.40/);
    const judges = new SpendingLimit({ perRun: 5 }, { run: 0, day: 0, dearest: 0 }, { judgesOnly: true });
    judges.begin();
    judges.end(result);
    assert.equal(judges.reason, undefined);
  });

  it('ends a run whose cost is unknown: such a limit cannot be kept', () => {
    const limit = new SpendingLimit({ perRun: 100 }, { run: 0, day: 0, dearest: 0 });
    limit.begin();
    limit.end(costing(null));
    assert.match(limit.reason ?? '', /the cost of a is unknown/);
    const judge = new SpendingLimit({ perRun: 100 }, { run: 0, day: 0, dearest: 0 });
    judge.begin();
    judge.end(trialResult({ evaluations: [judged(null)] }));
    assert.match(judge.reason ?? '', /unknown/);
  });

  it('reckons a failed call like the dearest, since it may have been billed', () => {
    const limit = new SpendingLimit({ perRun: 1.2 }, { run: 0, day: 0, dearest: 0 });
    limit.begin();
    limit.end(costing(0.4));
    limit.begin();
    const error = { code: 'network', message: 'gone', transient: true };
    limit.end(trialResult({ status: 'errored', output: { ...emptyOutput(), status: 'error', error } }));
    assert.equal(limit.reason, undefined);
    limit.begin();
    assert.match(limit.reason ?? '', /could pass the limit/);
  });

  it('does not begin a trial that is known to be too dear', () => {
    const limit = new SpendingLimit({ perRun: 0.16 }, { run: 0.15, day: 0.15, dearest: 0.05 });
    assert.match(limit.reason ?? '', /could pass/);
  });

  it('takes up what the run and the day have cost already', () => {
    assert.match(new SpendingLimit({ perRun: 1 }, { run: 1, day: 1, dearest: 0 }).reason ?? '', /for a run/);
    const day = new SpendingLimit({ perRun: 5, perDay: 2 }, { run: 0, day: 1.9, dearest: 0 });
    assert.equal(day.reason, undefined);
    day.begin();
    day.end(costing(0.1));
    assert.match(day.reason ?? '', /for a day is reached: \$2\.00 are spent today \(UTC\)/);
  });
});
