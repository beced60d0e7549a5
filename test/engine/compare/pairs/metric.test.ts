import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { compareCases } from '../../../../src/engine/compare/pairs/compareCases.ts';
import { compareMetric } from '../../../../src/engine/compare/pairs/metric.ts';
import type { CaseComparison, MetricComparison } from '../../../../src/engine/model/comparison.ts';
import { casesOf, type Outcome, times } from '../comparing.ts';

interface Counts {
  before: number;
  after: number;
  trials: number;
  cluster?: string;
}

/** Cases of several trials, by how many of them passed; the score is the share. */
function casesOfTrials(counts: readonly Counts[]): CaseComparison[] {
  return counts.map(({ before, after, trials, cluster }, at) => {
    const side = (passed: number) => ({
      target: 't',
      trials,
      passed,
      errored: 0,
      unmeasured: 0,
      unscored: 0,
      passShare: passed / trials,
      score: passed / trials,
      costUsd: null,
      tokens: null,
      latencyMs: null,
      reason: '',
      trial: 0,
      traceId: '',
    });
    const difference = after / trials - before / trials;
    return {
      caseId: `c${at}`,
      caseIndex: at,
      ...(cluster === undefined ? {} : { cluster }),
      tags: [],
      baseline: side(before),
      candidate: side(after),
      passDifference: difference,
      scoreDifference: difference,
      change: 'neutral',
      sameOutput: false,
    };
  });
}

function compare(cases: readonly CaseComparison[], metric: 'pass' | 'score' = 'pass'): MetricComparison {
  const found = compareMetric(cases, metric, { margin: 0.05, filling: 'measured', planned: true });
  assert.ok(found);
  return found;
}

const verdict = (cases: readonly CaseComparison[]) =>
  compareCases(cases, { margin: 0.05, seed: 1, sequential: false, same: false }).verdict;

const changes = (trials: number, differences: readonly number[]): Counts[] =>
  differences.map((k) => ({ before: Math.max(0, -k), after: Math.max(0, k), trials }));

const lost: Outcome = { before: 1, after: 0 };
const won: Outcome = { before: 0, after: 1 };
const steady: Outcome = { before: 1, after: 1 };

describe('the test of passes over trials', () => {
  it('counts whole trials where their shares are rounded', () => {
    // 7/10 − 6/10 is a little less than one trial of ten.
    const cases = casesOfTrials(Array.from({ length: 40 }, () => ({ before: 6, after: 7, trials: 10 })));
    assert.ok((compare(cases).p ?? 1) < 0.05);
    const back = casesOfTrials(Array.from({ length: 40 }, () => ({ before: 7, after: 6, trials: 10 })));
    assert.ok((compare(back).p ?? 1) < 0.05);
  });

  // By itertools.product((-1, 1), repeat=n) over the whole numbers, in Python.
  const enumerated: [trials: number, differences: number[], p: number][] = [
    [11, [-3, 2, -3, 6, 2, 2, 3, 4, 0, -1, 5, 6, 2], 0.05224609375],
    [7, [3, -1, 2, 2, -1, 4, 1, 2, -2, 3], 0.099609375],
    [13, [5, -2, 4, 1, 3, -1, 2, 6, -3, 2, 4], 0.072265625],
    [14, [1, 3, -2, 5, 4, -1, 2, 2, -3, 6, 1], 0.107421875],
  ];
  for (const [trials, differences, p] of enumerated)
    it(`counts ties of ${trials} trials as ties`, () => {
      const found = compare(casesOfTrials(changes(trials, differences)));
      assert.equal(found.test, 'sign-flip');
      assert.equal(found.p, p);
    });

  it('counts whole trials where cases have different numbers of them', () => {
    // 1/3 and −1/3, 2/7 and −2/7, and one more 1/7: the signs tie unless rounded.
    const cases = casesOfTrials([...changes(3, [1, 1, -1, 1]), ...changes(7, [2, -2, 2, 1, 1])]);
    // Sums in twenty-firsts: 7, 7, −7, 7, 6, −6, 6, 3, 3; enumerated in Python.
    assert.equal(compare(cases).p, 0.18359375);
  });
});

describe('intervals beside tests', () => {
  it('do not hold 0 where the candidate is worse by several trials', () => {
    // Sixty flaky cases of three trials: some lose, fewer win.
    const cases = casesOfTrials([
      ...changes(3, Array<number>(14).fill(-2)),
      ...changes(3, Array<number>(8).fill(-1)),
      ...changes(3, Array<number>(6).fill(1)),
      ...changes(3, Array<number>(32).fill(0)),
    ]);
    const found = compare(cases);
    assert.equal(verdict(cases).word, 'worse');
    assert.ok((found.p ?? 1) < 0.01 && found.interval && found.interval.high < 0, JSON.stringify(found));
    assert.ok((found.oddsRatio?.high ?? 2) < 1);
  });

  it('hold 0, and odds 1, where one of five clusters fails wholly', () => {
    const cases = casesOfTrials(
      Array.from({ length: 50 }, (_, at) => ({
        before: 1,
        after: at < 10 ? 0 : 1,
        trials: 1,
        cluster: `${Math.floor(at / 10)}`,
      })),
    );
    const found = compare(cases);
    assert.equal(found.p, 1);
    assert.ok(found.interval && found.interval.low < 0 && found.interval.high > 0);
    assert.deepEqual([found.oddsRatio?.low, found.oddsRatio?.ratio], [0, 0]);
    assert.ok(found.oddsRatio && (found.oddsRatio.high === null || found.oddsRatio.high > 1));
  });

  it('end where exact intervals for single pairs do', () => {
    // SciPy: binomtest(12, 15).proportion_ci(0.95, 'exact') as odds, and statsmodels' mcnemar(exact=True).
    const found = compare(casesOf([...times(12, won), ...times(3, lost), ...times(45, steady)]));
    assert.equal(found.p, 0.03515625);
    assert.equal(found.test, 'mcnemar');
    const scores = compare(casesOf([...times(12, won), ...times(3, lost), ...times(45, steady)]), 'score');
    assert.deepEqual([scores.test, scores.oddsRatio], ['bootstrap', null], 'scores have no odds');
    assert.equal(found.oddsRatio?.low.toFixed(3), '1.079');
    assert.equal(found.oddsRatio?.high?.toFixed(2), '22.09');
    assert.ok((found.interval?.low ?? 0) > 0);
  });

  it('agree with p, whatever the trials and clusters', () => {
    const counts = fc.record({
      before: fc.nat(5),
      after: fc.nat(5),
      trials: fc.constant(5),
      cluster: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'),
    });
    fc.assert(
      fc.property(fc.array(counts, { minLength: 2, maxLength: 40 }), fc.boolean(), (list, alone) => {
        const cases = casesOfTrials(
          alone ? list.map(({ before, after, trials }) => ({ before: before / 2, after, trials })) : list,
        );
        for (const metric of ['pass', 'score'] as const) {
          const { p, interval, oddsRatio, difference } = compare(cases, metric);
          if (!interval || p === null) continue;
          const holds = interval.low <= 0 && interval.high >= 0;
          assert.equal(holds, p > 0.05, JSON.stringify({ p, interval }));
          assert.ok(interval.low <= difference + 1e-9 && difference - 1e-9 <= interval.high);
          if (oddsRatio)
            assert.equal(
              oddsRatio.low <= 1 && (oddsRatio.high ?? 2) >= 1,
              p > 0.05,
              JSON.stringify(oddsRatio),
            );
        }
      }),
      { numRuns: 150 },
    );
  });

  it('are moved no further than the test asks', () => {
    // Twenty small gains of one trial in five: signs are sure of a gain (2^-19), its mean is hardly more than 0. With the
    // worst added at random, P(w(−1) ≥ 0.2·(1 − w)) = P(w ≥ 1/6) = (5/6)^20, one-sided.
    const found = compare(casesOfTrials(changes(5, Array<number>(20).fill(1))));
    assert.ok(Math.abs((found.p ?? 1) - (5 / 6) ** 20 / 2) < 1e-9, `${found.p}`);
    assert.ok(
      found.interval && found.interval.low > 0 && found.interval.low < 0.02,
      `${found.interval?.low}`,
    );
    const loss = compare(casesOfTrials(changes(5, Array<number>(20).fill(-1))));
    assert.ok(Math.abs((loss.interval?.high ?? 0) + (found.interval?.low ?? 0)) < 1e-9);
  });
});

describe('what more cases would show', () => {
  it('says what the number is for: three more of sixty fail', () => {
    const cases = casesOf([...times(3, lost), ...times(57, steady)]);
    const found = compare(cases);
    assert.deepEqual([found.casesToFind, found.casesToShowEquivalence, found.casesToDecide], [180, 218, 180]);
    assert.match(
      verdict(cases).reason,
      /about 180 such cases would find a difference of −5\.0 points in the pass rate \(80 % power\)\.$/,
    );
  });

  it('shows that there is no difference where hardly any was seen', () => {
    const wobble = (at: number): Outcome => ({ before: 0.7, after: 0.7 + (at % 2 === 0 ? 0.05 : -0.05) });
    const cases = casesOf(Array.from({ length: 40 }, (_, at) => wobble(at)));
    assert.match(
      verdict(cases).reason,
      /about \d+ such cases would show that there is none beyond 5 points, if there is none \(80 % power\)\.$/,
    );
  });

  for (const count of [1, 2, 6])
    it(`says that ${count} cannot show any difference`, () => {
      const cases = casesOf(times(count, won));
      assert.equal(compare(cases).smallestEffect, null);
      assert.match(verdict(cases).reason, /too few independent cases to show any difference/);
    });

  it('counts clusters, not cases', () => {
    const cases = casesOf(times(60, won).map((outcome, at) => ({ ...outcome, cluster: `${at % 6}` })));
    assert.equal(compare(cases).smallestEffect, null);
    assert.match(verdict(cases).reason, /too few independent cases/);
  });
});

describe('figures that rounding must not make', () => {
  it('are not certain of equal differences', () => {
    const cases = casesOf(Array.from({ length: 10 }, () => ({ before: 0.1, after: 0.3 })));
    const score = compare(cases, 'score');
    assert.equal(score.effectSize, null);
    // Ten gains of 0.2, bounded by what ten cases can be: (1.2)^−10 each way.
    assert.ok(Math.abs((score.p ?? 0) - 2 * 1.2 ** -10) < 1e-9);
  });

  it('never show a p of 0', () => {
    const cases = casesOf(times(1500, won));
    const found = compare(cases);
    assert.equal(found.p, 1e-300);
    assert.match(verdict(cases).evidence[0] ?? '', /\(p < 1e-300, exact McNemar test, 1,500 cases; p < /);
    const clustered = times(3000, won).map((outcome, at) => ({ ...outcome, cluster: `${at % 1500}` }));
    assert.equal(compare(casesOf(clustered)).p, 1e-300);
    assert.ok((compare(cases, 'score').p ?? 0) > 0);
  });

  it('tell p from adjusted p, since the interval goes with p', () => {
    const cases = casesOf([...times(12, won), ...times(3, lost), ...times(45, steady)]);
    const [pass] = verdict(cases).evidence;
    assert.match(
      pass ?? '',
      /95 % interval \+\d.* \(p = 0\.035, exact McNemar test, 60 cases; p = 0\.070 adjusted for 2 metrics\)$/,
    );
  });
});

describe('what a comparison of one metric needs', () => {
  it('is two independent cases for an interval, the odds and the margin', () => {
    const of = (clusters: readonly string[]) =>
      compare(casesOfTrials(clusters.map((cluster) => ({ before: 0, after: 1, trials: 1, cluster }))));
    const one = of(['a', 'a', 'a']);
    assert.deepEqual(
      [one.interval, one.oddsRatio, one.nonInferiorityP, one.nonSuperiorityP],
      [null, null, null, null],
    );
    const two = of(['a', 'a', 'b']);
    assert.ok(two.interval && two.oddsRatio && two.nonInferiorityP !== null && two.nonSuperiorityP !== null);
  });

  it('is a single trial on either side for McNemar’s test', () => {
    const single = casesOfTrials([{ before: 1, after: 0, trials: 1 }, ...changes(1, [1, 1, 1])]);
    assert.equal(compare(single).test, 'mcnemar');
    const [first, ...others] = single;
    assert.ok(first);
    for (const side of ['baseline', 'candidate'] as const)
      assert.equal(
        compare([{ ...first, [side]: { ...first[side], trials: 3 } }, ...others]).test,
        'sign-flip',
        side,
      );
  });

  it('is one mean of each cluster for Wilcoxon’s test', () => {
    // Means 1, 1/2, −1/4: ranks 3, 2 and −1. Sums 1, 1, −1 would all tie.
    const cases = casesOfTrials(
      (
        [
          ['a', 1],
          ['b', 1],
          ['b', 0],
          ['c', -1],
          ['c', 0],
          ['c', 0],
          ['c', 0],
        ] as const
      ).map(([cluster, k]) => ({ before: Math.max(0, -k), after: Math.max(0, k), trials: 1, cluster })),
    );
    // Of eight signs, rank sums of at least 5 or at most 1: 2 · 2 / 8.
    assert.equal(compare(cases).wilcoxonP, 0.5);
  });
});
