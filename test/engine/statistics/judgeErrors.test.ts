import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { judgeErrors } from '../../../src/engine/statistics/judgeErrors.ts';
import {
  type JudgedOutput,
  predictionPoweredRate,
} from '../../../src/engine/statistics/predictionPowered.ts';

/** `count` clusters, each with an output that people pass and one that they fail, judged as given. */
function twins(count: number, passed: boolean, failed: boolean, from = 0): JudgedOutput[] {
  return Array.from({ length: count }, (_, at) => [
    { cluster: `c${from + at}`, weight: 1, judge: passed, label: true },
    { cluster: `c${from + at}`, weight: 1, judge: failed, label: false },
  ]).flat();
}

describe('judgeErrors', () => {
  it('are unknown where one kind of label is missing', () => {
    const one = (label: boolean | undefined) => ({ cluster: 'a', weight: 1, judge: true, label });
    assert.equal(judgeErrors([]), null);
    assert.equal(judgeErrors([one(true), one(undefined)]), null);
    assert.equal(judgeErrors([one(false)]), null);
    assert.ok(judgeErrors([one(false), one(true)]));
  });

  it('may come together where outputs share a source, and then add up', () => {
    const shared = twins(20, true, false);
    const apart = shared.map((output, at) => ({ ...output, cluster: `${at}` }));
    const [together, alone] = [judgeErrors(shared), judgeErrors(apart)];
    assert.ok(together && alone);
    assert.deepEqual([together.kappa, together.kappaInterval.high], [1, 1]);
    // Either error rate may be up to 1 − 0.025^(1/20); each alone costs 1 − kappa of d.
    const rate = 1 - 0.025 ** (1 / 20);
    const kappaAt = (error: number) => 1 - (0.5 * error) / 0.5;
    const cost = 1 - kappaAt(rate);
    assert.ok(Math.abs(together.kappaInterval.low - (1 - 2 * cost)) < 1e-6, `${together.kappaInterval.low}`);
    assert.ok(
      Math.abs(alone.kappaInterval.low - (1 - Math.SQRT2 * cost)) < 1e-6,
      `${alone.kappaInterval.low}`,
    );
  });

  it('never leave −1 to 1', () => {
    const worst = judgeErrors(twins(6, false, true));
    assert.ok(worst && worst.kappa === -1 && worst.kappaInterval.low === -1 && worst.kappaInterval.high < 1);
    const best = judgeErrors(twins(3, true, false));
    assert.ok(best && best.kappaInterval.high === 1 && best.kappaInterval.low >= -1);
  });
});

describe('predictionPoweredRate', () => {
  const judged = (judge: boolean, count: number): JudgedOutput[] =>
    Array.from({ length: count }, (_, at) => ({
      cluster: `u${judge}${at}`,
      weight: 1,
      judge,
      label: undefined,
    }));

  it('is never wider than the labels alone', () => {
    // A judge that tells nothing: it passes half of what is right and half of what is wrong.
    const labelled = [...twins(10, true, true), ...twins(10, false, false, 10)];
    const alone = predictionPoweredRate(labelled);
    assert.deepEqual(
      predictionPoweredRate([...labelled, ...judged(true, 200), ...judged(false, 200)]),
      alone,
    );
  });

  it('weighs outputs', () => {
    const output = (weight: number, judge: boolean, label: boolean, cluster: string) => ({
      weight,
      judge,
      label,
      cluster,
    });
    const found = predictionPoweredRate([output(3, true, true, 'a'), output(1, false, false, 'b')]);
    assert.equal(found?.mean, 0.75);
  });

  it('is that of the published formulas, with exact intervals of the shares', () => {
    /** Labelled: how many, and how many of them are passes, of what the judge passes and fails; then judged only. */
    const of = (passed: [number, number], failed: [number, number], rest: [number, number]) => {
      const labelled = ([true, false] as const).flatMap((judge) => {
        const [count, passes] = judge ? passed : failed;
        return Array.from(
          { length: count },
          (_, at): JudgedOutput => ({ cluster: `l${judge}${at}`, weight: 1, judge, label: at < passes }),
        );
      });
      const found = predictionPoweredRate([...labelled, ...judged(true, rest[0]), ...judged(false, rest[1])]);
      return [found?.mean, found?.interval.low, found?.interval.high].map((value) => value?.toFixed(6));
    };
    // SciPy: beta.ppf for each share, put together by Zou & Donner 2008.
    assert.deepEqual(of([30, 27], [0, 0], [960, 10]), ['0.891000', '0.727193', '0.969870']);
    assert.deepEqual(of([0, 0], [30, 3], [10, 960]), ['0.109000', '0.030130', '0.272807']);
    assert.deepEqual(of([20, 4], [20, 16], [300, 100]), ['0.363636', '0.238985', '0.542044']);
    // What the judge fails is mostly right: the share that it passes counts the other way round.
    assert.deepEqual(of([10, 1], [40, 36], [200, 800]), ['0.740000', '0.627107', '0.831917']);
  });

  it('takes a judge that is mostly wrong for what it is', () => {
    const labelled = Array.from({ length: 40 }, (_, at): JudgedOutput => {
      const label = at % 2 === 0;
      return { cluster: `l${at}`, weight: 1, judge: !label, label };
    });
    const found = predictionPoweredRate([...labelled, ...judged(true, 900), ...judged(false, 100)]);
    // What the judge passes is wrong, so that few are right.
    assert.ok(found && Math.abs(found.mean - 120 / 1040) < 1e-12, `${found?.mean}`);
    assert.ok(found.interval.low < 0.11 && found.interval.high > 0.13 && found.interval.high < 0.35);
  });
});
