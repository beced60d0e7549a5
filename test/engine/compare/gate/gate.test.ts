import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { judgeRun } from '../../../../src/engine/compare/gate/gate.ts';
import type { GatePolicy } from '../../../../src/engine/model/gatePolicy.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { summarize } from '../../../../src/engine/runs/tally/summarize.ts';
import { complete, plan, trialResult } from '../../../support/runFixtures.ts';

function judge(gate: Partial<GatePolicy>, results: readonly TrialResult[], cases = results.length) {
  return judgeRun({ undecided: 'fail', ...gate }, summarize(plan({ cases }), results));
}

const passed = trialResult({ caseIndex: 0 });
const failed = trialResult({ caseIndex: 1, status: 'failed' });
const errored = trialResult({ status: 'errored', score: null });

/** Cases with one trial each: `+` passed, `-` failed, `!` errored with a partial score of 1. */
function runOf(marks: string, more: (index: number) => Partial<TrialResult> = () => ({})): TrialResult[] {
  const statuses = { '+': 'passed', '-': 'failed', '!': 'errored' } as const;
  return [...marks].map((mark, caseIndex) => ({
    ...trialResult({
      caseIndex,
      status: statuses[mark as keyof typeof statuses],
      ...(mark === '!' ? { score: 1 } : {}),
    }),
    ...more(caseIndex),
  }));
}

const rates = (overall: number) => ({ minPassRate: { overall, tags: {} } });

describe('judgeRun', () => {
  it('passes and fails by the pass rate', () => {
    assert.equal(judge(rates(0.5), [passed, failed]).passed, true);
    const report = judge(rates(0.51), [passed, failed]);
    assert.equal(report.passed, false);
    assert.equal(
      report.clauses[0]?.reason,
      'pass rate 50.0 %, required at least 51 % (the rate itself decides; 95 % interval 1.3 % to 98.7 %)',
    );
  });

  it('never passes without data, whatever the policy says of undecided clauses', () => {
    for (const undecided of ['fail', 'pass'] as const) {
      const report = judge({ undecided }, []);
      assert.equal(report.passed, false);
      assert.equal(report.reason, 'complete: undecided, no case was run: nothing was measured');
    }
  });

  it('never passes a run that is not complete', () => {
    const report = judge({ undecided: 'pass' }, [passed], 2);
    assert.equal(report.passed, false);
    assert.equal(report.reason, 'complete: undecided, 1 trial of the run is missing');
    assert.match(judge({}, [passed], 3).reason ?? '', /2 trials of the run are missing/);

    const stopped = {
      ...summarize(plan({ cases: 2 }), [passed]),
      stopped: 'openai: the circuit breaker is open',
    };
    assert.equal(
      judgeRun({ undecided: 'fail' }, stopped).reason,
      'complete: undecided, 1 trial of the run is missing: openai: the circuit breaker is open',
    );
  });

  it('never passes when all trials are errors', () => {
    for (const policy of [{ minScore: 0 }, rates(0), { maxErrors: 5 }, {}]) {
      const report = judge({ ...policy, undecided: 'pass' }, [errored]);
      assert.equal(report.passed, false);
      assert.equal(report.reason, 'measured: undecided, every trial errored: nothing was measured');
    }
    const tag = { ...errored, tags: ['critical'] };
    const report = judge({ minPassRate: { tags: { critical: 0 } } }, [passed, { ...tag, caseIndex: 1 }]);
    assert.deepEqual(report.clauses, [
      {
        name: 'min_pass_rate[critical]',
        status: 'undecided',
        reason: 'every trial errored: nothing was measured',
      },
    ]);
  });

  describe('answers of fallbacks that are not scored', () => {
    const why = { kind: 'overloaded', message: '503 the server is down' } as const;
    const standIn = { output: complete('try later', { costUsd: 0, source: { kind: 'fixed', why } }) };

    /** `f`: a fallback answered. `s`: the same, scored as the target's own. */
    function mixed(marks: string): TrialResult[] {
      return [...marks].map((mark, caseIndex) => {
        const own = trialResult({ caseIndex, output: complete('fine', { costUsd: 0.001 }) });
        if (mark === '+') return own;
        if (mark === 's') return { ...own, ...standIn };
        return { ...own, ...standIn, status: 'errored', score: null };
      });
    }

    for (const policy of [{ maxErrors: 100 }, { maxCostUsd: 1 }, rates(0), { minScore: 0 }, {}])
      it(`are no measurement where they are most of all: ${JSON.stringify(policy)}`, () => {
        const report = judge({ ...policy, undecided: 'pass' }, mixed('+ffffff'));
        assert.equal(report.passed, false);
        assert.match(
          report.reason ?? '',
          /measured: undecided, 6 of 7 answers came from fallbacks and are not scored: most of the target was not measured/,
        );
      });

    it('leave a gate to its clauses where they are half or less', () => {
      assert.equal(judge({ maxErrors: 2 }, mixed('++ff')).passed, true);
      assert.equal(judge({ maxErrors: 2 }, mixed('++fff')).passed, false);
    });

    it('leave open what the target would have cost', () => {
      const report = judge({ maxCostUsd: 1 }, mixed('+++f'));
      assert.equal(report.passed, false);
      assert.equal(
        report.reason,
        'max_cost_usd: undecided, cost $0.003, at most $1.00 allowed (what 1 answer of fallbacks would have cost the target is unknown)',
      );
      assert.equal(judge({ maxCostUsd: 0.002 }, mixed('+++f')).clauses[0]?.status, 'fail');
    });

    it('count like any other where they are scored', () => {
      for (const policy of [{ maxErrors: 0 }, { maxCostUsd: 1 }, rates(1)])
        assert.equal(judge(policy, mixed('+sssss')).passed, true);
    });
  });

  it('counts an error as failed in a pass rate, and says so', () => {
    const report = judge(rates(0.8), runOf('+++++++!!!'));
    assert.equal(report.passed, false);
    assert.match(
      report.reason ?? '',
      /^min_pass_rate: pass rate 70\.0 %, .*3 errored trials count as failed\)$/,
    );
    assert.match(judge(rates(0.8), runOf('+++++++++!')).clauses[0]?.reason ?? '', /1 errored trial counts/);
  });

  it('holds the lower end of the interval to a minimum with by: lower', () => {
    const lower = (min: number) => ({ minPassRate: { overall: { min, by: 'lower' as const }, tags: {} } });
    // Clopper & Pearson's interval of 90 of 100: 82.4 % to 95.1 %.
    const run = runOf('+'.repeat(90) + '-'.repeat(10));
    assert.equal(judge(lower(0.82), run).passed, true);
    assert.equal(judge(lower(0.83), run).passed, false);
    assert.equal(judge(rates(0.9), run).passed, true);
    assert.equal(
      judge(lower(0.83), run).reason,
      'min_pass_rate: pass rate 90.0 %, lower end of its 95 % interval 82.4 %, required at least 83 % (the lower end decides)',
    );
    const tags = { critical: { min: 0.83, by: 'lower' as const } };
    const tagged = run.map((result) => ({ ...result, tags: ['critical'] }));
    assert.equal(judge({ minPassRate: { tags } }, tagged).passed, false);
  });

  it('never shows a rate that fails as the minimum itself', () => {
    const run = runOf('+'.repeat(7999) + '-'.repeat(2001));
    assert.match(
      judge(rates(0.8), run).reason ?? '',
      /^min_pass_rate: pass rate 79\.99 %, required at least 80 %/,
    );
  });

  it('leaves a mean score undecided that the missing ones decide', () => {
    const scored = (marks: string) => runOf(marks, () => ({}));
    const score = (min: GatePolicy['minScore'], marks: string) =>
      judge({ minScore: min ?? 0 }, scored(marks)).clauses[0];
    assert.equal(score(0.7, '++++++++--')?.status, 'pass');
    assert.equal(score(0.7, '++++++----')?.status, 'fail');
    assert.equal(score(0.7, '++++++++!!')?.status, 'pass', 'even with both at 0');
    assert.equal(score(0.7, '++++++!!--')?.status, 'undecided');
    assert.equal(score(0.7, '++++!!----')?.status, 'fail', 'even with both at 1');
    assert.equal(
      score(0.7, '++++++!!--')?.reason,
      'mean score 0.750, required at least 0.7 (the mean itself decides; 95 % interval 0.262 to 0.878; the missing scores could make it 0.600 to 0.800)',
    );
    assert.equal(score({ min: 0.44, by: 'lower' }, '++++++++--')?.status, 'pass');
    assert.equal(score({ min: 0.45, by: 'lower' }, '++++++++--')?.status, 'fail');
    assert.equal(score({ min: 0.5, by: 'lower' }, '+++++++!!!')?.status, 'undecided');
  });

  it('leaves an unknown cost undecided, but fails a known excess', () => {
    const unknown = trialResult({ caseIndex: 0, output: complete('x', { costUsd: null }) });
    const dear = trialResult({ caseIndex: 1, output: complete('x', { costUsd: 3 }) });
    assert.equal(judge({ maxCostUsd: 2 }, [unknown]).clauses[0]?.status, 'undecided');
    assert.equal(judge({ maxCostUsd: 2 }, [unknown, dear]).clauses[0]?.status, 'fail');
    assert.equal(judge({ maxCostUsd: 3 }, [dear]).clauses[0]?.status, 'pass');
    assert.equal(
      judge({ maxCostUsd: 3 }, [unknown]).reason,
      'max_cost_usd: undecided, cost unknown, at most $3.00 allowed (the cost of 1 trial is unknown)',
    );
    assert.match(judge({ maxCostUsd: 2 }, [dear]).reason ?? '', /cost \$3\.00, at most \$2\.00 allowed$/);
    assert.match(judge({ maxCostUsd: 0.0015 }, [dear]).reason ?? '', /at most \$0\.0015 allowed$/);
  });

  it('adds what judges cost, and leaves an unknown cost of theirs undecided', () => {
    const summary = summarize(plan({ cases: 1 }), [trialResult({ output: complete('x', { costUsd: 1 }) })]);
    const cost = (judgeCostUsd: number | null, max: number) =>
      judgeRun(
        { maxCostUsd: max, undecided: 'fail' },
        { ...summary, cascade: { ...summary.cascade, judgeCostUsd } },
      ).clauses[0];
    assert.deepEqual([cost(0.5, 1.5)?.status, cost(0.5, 1.4)?.status], ['pass', 'fail']);
    assert.equal(
      cost(null, 2)?.reason,
      'cost $1.00, at most $2.00 allowed (the cost of the judge is unknown)',
    );
    assert.deepEqual([cost(null, 2)?.status, cost(null, 0.5)?.status], ['undecided', 'fail']);
  });

  it('takes the latency of what gave no answer for the worst', () => {
    const cut = { ...complete(''), status: 'incomplete' as const, reason: 'cut', latencyMs: 1 };
    const timed = (quick: number, slow: number, lost: number) =>
      Array.from({ length: quick + slow + lost }, (_, caseIndex) =>
        caseIndex < quick + slow
          ? trialResult({ caseIndex, output: complete('x', { latencyMs: caseIndex < quick ? 100 : 900 }) })
          : trialResult({ caseIndex, status: 'errored', score: null, output: cut }),
      );
    const status = (...counts: [number, number, number]) =>
      judge({ maxP95LatencyMs: 500 }, timed(...counts)).clauses.find(
        ({ name }) => name === 'max_p95_latency_ms',
      )?.status;
    assert.deepEqual(
      [status(100, 0, 0), status(90, 10, 0), status(98, 0, 2), status(98, 0, 10), status(60, 35, 5)],
      ['pass', 'fail', 'pass', 'undecided', 'fail'],
    );
    assert.equal(status(0, 0, 3), 'undecided');
    assert.match(
      judge({ maxP95LatencyMs: 500 }, timed(90, 0, 10)).reason ?? '',
      /p95 latency 100 ms, at most 500 ms allowed \(not every trial gave a complete output/,
    );
  });

  it('takes an errored trial for the one that would make its case flaky', () => {
    const trials = (cases: readonly string[]) =>
      cases.flatMap((marks, caseIndex) =>
        runOf(marks).map((result, trial) => ({ ...result, caseIndex, caseId: `case-${caseIndex}`, trial })),
      );
    const flaky = (cases: readonly string[]) =>
      judge({ maxFlakyShare: 0.25 }, trials(cases), cases.length * 2).clauses[0];
    assert.equal(flaky(['++', '++', '--', '+-'])?.status, 'pass');
    assert.equal(flaky(['++', '++', '+-', '+-'])?.status, 'fail');
    assert.equal(flaky(['++', '++', '--', '+!'])?.status, 'pass', 'one of four may be');
    assert.equal(flaky(['++', '++', '-!', '+!'])?.status, 'undecided');
    assert.equal(
      flaky(['++', '++', '+-', '!!'])?.reason,
      '25.0 % of the cases are flaky, at most 25 % allowed (1 more case may be, with trials that errored)',
    );
  });

  it('counts errors', () => {
    assert.equal(judge({ maxErrors: 1 }, runOf('+!')).clauses[0]?.status, 'pass');
    assert.equal(judge({ maxErrors: 1 }, runOf('+!!')).clauses[0]?.status, 'fail');
    assert.equal(
      judge({ maxErrors: 1 }, runOf('+!!')).reason,
      'max_errors: 2 errored trials, at most 1 allowed',
    );
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
    assert.equal(
      report.reason,
      'min_pass_rate[critical]: undecided, no case has this tag; max_flaky_share: undecided, needs repeat: 2 or more to see whether cases are flaky',
    );
    const waived = { minPassRate: { tags: { critical: 1 } }, undecided: 'pass' as const };
    assert.deepEqual([judge(waived, [passed]).passed, judge(waived, [passed]).reason], [true, null]);
  });

  it('names three clauses that failed, and counts the rest', () => {
    const tags = { a: 1, b: 1, c: 1, d: 1, e: 1 };
    const { reason } = judge({ minPassRate: { tags } }, [passed]);
    assert.match(
      reason ?? '',
      /^min_pass_rate\[a\]: .*; min_pass_rate\[b\]: .*; min_pass_rate\[c\]: .*; and 2 more$/,
    );
  });

  it('does not ask a single run about regressions', () => {
    const report = judge({ noRegression: ['critical'], nonInferiorityMargin: 0.1, maxCostIncrease: 0.1 }, [
      passed,
    ]);
    assert.deepEqual(
      report.clauses.map(({ name, status }) => [name, status]),
      [
        ['no_regression[critical]', 'not-asked'],
        ['non_inferiority_margin', 'not-asked'],
        ['max_cost_increase', 'not-asked'],
      ],
    );
    assert.equal(report.passed, true);
  });
});
