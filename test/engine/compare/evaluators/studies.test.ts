import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { calibrateCascade } from '../../../../src/engine/compare/evaluators/calibrate.ts';
import { compareEvaluators } from '../../../../src/engine/compare/evaluators/evaluatorAgreement.ts';
import { judgeHealth } from '../../../../src/engine/compare/evaluators/judgeHealth.ts';
import type { Evaluation, Stage } from '../../../../src/engine/model/evaluation.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { cohensKappa } from '../../../../src/engine/statistics/agreement.ts';
import { Xoshiro128 } from '../../../../src/engine/statistics/prng.ts';
import { complete, trialResult } from '../../../support/runFixtures.ts';

function evaluation(name: string, stage: Stage, score: number | null): Evaluation {
  const base = { name, type: name, stage, weight: 1, latencyMs: stage === 'judge' ? 100 : 1, reason: '' };
  if (score === null) return { ...base, status: 'error' };
  return {
    ...base,
    status: 'scored',
    score,
    pass: score >= 0.5,
    ...(stage === 'judge' ? { costUsd: 0.01 } : {}),
  };
}

/** One result a case, with a lexical score and a judge's. */
function rated(
  scores: readonly (readonly [number | null, number | null])[],
  text = (at: number) => `t${at}`,
) {
  return scores.map(([lexical, judge], caseIndex) =>
    trialResult({
      caseIndex,
      output: complete(text(caseIndex)),
      evaluations: [evaluation('words', 'lexical', lexical), evaluation('judge', 'judge', judge)],
    }),
  );
}

const BOTH = { first: 'words', second: 'judge' };

describe('compareEvaluators', () => {
  it('says how far two evaluators agree, and where they do not', () => {
    const scores = [
      [0.9, 0.95],
      [0.2, 0.25],
      [0.9, 0.1],
      [0.6, 0.8],
      [null, 0.4],
    ] as const;
    const found = compareEvaluators(rated(scores), BOTH);
    assert.deepEqual([found.outputs, found.oneSided, found.within, found.samePass], [4, 1, 0.5, 0.75]);
    const passes = [
      [1, 1],
      [0, 0],
      [1, 0],
      [1, 1],
    ] as const;
    assert.equal(found.kappa, cohensKappa(passes, 2));
    assert.deepEqual(
      found.differences.map(({ caseId }) => caseId),
      ['case-2', 'case-3'],
    );
    assert.deepEqual(found.costUsd, { first: 0, second: 0.01 });
    assert.deepEqual(found.latencyMs, { first: 1, second: 100 });
  });

  it('takes the second evaluator from another run, for the very same outputs only', () => {
    const again = rated(
      [
        [0, 0.9],
        [0, 0.9],
      ],
      (at) => (at === 0 ? 't0' : 'another output'),
    );
    const found = compareEvaluators(
      rated([
        [0.9, 0],
        [0.9, 0],
      ]),
      BOTH,
      again,
    );
    assert.deepEqual([found.outputs, found.oneSided], [1, 1]);
    assert.equal(found.samePass, 1);
  });

  it('holds both against labels, and scores against length', () => {
    const scores = Array.from({ length: 30 }, (_, at) => [at % 2, at / 30] as const);
    const results = rated(scores, (at) => 'x'.repeat(at + 1));
    const labelOf = ({ caseIndex }: TrialResult) => (caseIndex < 10 ? caseIndex % 2 === 1 : undefined);
    const found = compareEvaluators(results, { ...BOTH, labelOf });
    assert.deepEqual([found.labelled, found.accuracy.first, found.accuracy.second], [10, 1, 0.5]);
    assert.ok(Math.abs((found.lengthBias.second ?? 0) - 1) < 1e-12);
    assert.ok(Math.abs(found.lengthBias.first ?? 1) < 0.1);
  });

  it('says nothing without outputs', () => {
    const nothing = compareEvaluators([], BOTH);
    assert.deepEqual(
      [nothing.within, nothing.kappa, nothing.alpha, nothing.costUsd.first],
      [null, null, null, null],
    );
  });
});

describe('judgeHealth', () => {
  const steady = Array.from({ length: 40 }, (_, at) => [0, at % 2] as const);
  const check = (health: ReturnType<typeof judgeHealth>, name: string) =>
    health.checks.find((entry) => entry.check === name)?.status;

  it('trusts a judge that repeats itself and agrees with people', () => {
    const results = rated(steady);
    const labelOf = ({ caseIndex }: TrialResult) => (caseIndex < 24 ? caseIndex % 2 === 1 : undefined);
    const health = judgeHealth(results, { judge: 'judge', again: results, labelOf });
    assert.equal(health.status, 'healthy');
    assert.equal(health.corrected?.mean, 0.5);
  });

  it('does not trust one that changes its mind, fails, or likes length', () => {
    const turned = rated(
      steady.map(([words, judge], at) => [words, at % 3 === 0 ? 1 - judge : judge] as const),
    );
    assert.equal(check(judgeHealth(rated(steady), { judge: 'judge', again: turned }), 'test-retest'), 'fail');
    const broken = rated(steady.map(([words, judge], at) => [words, at < 5 ? null : judge] as const));
    const failing = judgeHealth(broken, { judge: 'judge' });
    assert.deepEqual([failing.status, failing.checks[0]?.value], ['unhealthy', 5 / 40]);
    const always = rated(Array.from({ length: 30 }, () => [0, 1] as const));
    const retest = judgeHealth(always, { judge: 'judge', again: always }).checks[1];
    assert.deepEqual([retest?.check, retest?.status, retest?.value], ['test-retest', 'pass', 1]);
    const long = rated(
      Array.from({ length: 30 }, (_, at) => [0, at / 30] as const),
      (at) => 'x'.repeat(at),
    );
    assert.equal(check(judgeHealth(long, { judge: 'judge' }), 'length'), 'fail');
  });

  const labels =
    (passes: number, count: number) =>
    ({ caseIndex }: TrialResult) =>
      caseIndex < count ? caseIndex < passes : undefined;
  const labelCheck = (health: ReturnType<typeof judgeHealth>) =>
    health.checks.find((entry) => entry.check === 'labels');

  it('does not trust one that always passes, however many of the labels are passes', () => {
    const results = rated(Array.from({ length: 100 }, () => [0, 1] as const));
    const health = judgeHealth(results, { judge: 'judge', labelOf: labels(90, 100) });
    assert.equal(health.status, 'unhealthy');
    assert.deepEqual([labelCheck(health)?.status, labelCheck(health)?.value], ['fail', 0]);
    const { kappa, falsePasses, falseFails } = health.againstLabels ?? {};
    assert.deepEqual([kappa, falsePasses?.mean, falseFails?.mean], [0, 1, 0]);
    // SciPy: binomtest(10, 10) and binomtest(0, 90), exact intervals.
    assert.equal(falsePasses?.interval.low.toFixed(4), '0.6915');
    assert.equal(falseFails?.interval.high.toFixed(4), '0.0402');
    assert.match(
      labelCheck(health)?.reason ?? '',
      /passes 100\.0 % \(69\.2 to 100\.0 %\) of what people fail/,
    );
  });

  it('does not know whether it is right without labels, with too few, or with all the same', () => {
    const results = rated(steady);
    const status = (labelOf: (result: TrialResult) => boolean | undefined) => {
      const health = judgeHealth(results, { judge: 'judge', again: results, labelOf });
      return [health.status, labelCheck(health)?.status];
    };
    const right = ({ caseIndex }: TrialResult) => caseIndex % 2 === 1;
    const only = (count: number) => (result: TrialResult) =>
      result.caseIndex < count ? right(result) : undefined;
    assert.deepEqual(
      status(() => undefined),
      ['unknown', 'unknown'],
    );
    assert.deepEqual(status(only(19)), ['unknown', 'unknown']);
    assert.deepEqual(status(only(20)), ['healthy', 'pass']);
    assert.deepEqual(
      status(() => true),
      ['unknown', 'unknown'],
    );
    // Four failing labels among 24 tell nothing of false passes; five do.
    const rare = (fails: number) => (result: TrialResult) =>
      right(result) ? true : result.caseIndex < 2 * fails ? false : undefined;
    assert.deepEqual(status(rare(4)), ['unknown', 'unknown']);
    assert.deepEqual(status(rare(5)), ['healthy', 'pass']);
    assert.equal(judgeHealth(results, { judge: 'judge' }).againstLabels, null);
  });

  it('draws the line at substantial agreement beyond chance', () => {
    // 50 passes and 50 fails, of which the judge mistakes some: kappa is 1 − 2 · mistakes / 100.
    const health = (mistakes: number) =>
      judgeHealth(
        rated(Array.from({ length: 100 }, (_, at) => [0, (at % 2) ^ Number(at < mistakes)] as const)),
        { judge: 'judge', labelOf: ({ caseIndex }) => caseIndex % 2 === 1 },
      );
    assert.equal(health(18).againstLabels?.kappa.toFixed(2), '0.64');
    assert.equal(health(18).status, 'healthy');
    assert.equal(health(20).status, 'unhealthy');
  });

  it('does not know a judge that nothing was checked of', () => {
    assert.equal(judgeHealth([], { judge: 'judge' }).status, 'unknown');
    assert.equal(judgeHealth(rated(steady).slice(0, 5), { judge: 'judge' }).status, 'unknown');
  });

  it('corrects the pass rate of a lenient judge', () => {
    const results = rated(Array.from({ length: 200 }, () => [0, 1] as const));
    const labelOf = ({ caseIndex }: TrialResult) => (caseIndex < 50 ? caseIndex % 2 === 0 : undefined);
    const { corrected, status } = judgeHealth(results, { judge: 'judge', labelOf });
    assert.equal(corrected?.mean, 0.5);
    assert.equal(status, 'unhealthy');
  });
});

describe('calibrateCascade', () => {
  /** The judge passes with the probability that the lexical score says, sharper towards the ends. */
  function world(cases: number): TrialResult[] {
    const random = Xoshiro128.seeded(9);
    return rated(
      Array.from({ length: cases }, () => {
        const words = random.next();
        const chance = words < 0.3 ? 0.01 : words > 0.7 ? 0.99 : 0.5;
        return [words, random.next() < chance ? 1 : 0] as const;
      }),
    );
  }

  it('finds both thresholds, and says how well they hold for outputs it has not seen', () => {
    const found = calibrateCascade(world(1000), { stage: 'lexical', agreement: 0.95, seed: 1 });
    assert.ok(found?.thresholds.fail && found.thresholds.pass);
    assert.ok(Math.abs(found.thresholds.fail - 0.3) < 0.05, `${found.thresholds.fail}`);
    assert.ok(Math.abs(found.thresholds.pass - 0.7) < 0.05, `${found.thresholds.pass}`);
    assert.ok(found.settled > 0.5 && found.settled < 0.7);
    assert.ok((found.heldOut.agreement ?? 0) > 0.95);
    assert.equal(found.holds, true);
    const lower = calibrateCascade(world(1000), { stage: 'lexical', agreement: 0.9, seed: 1 });
    assert.equal(lower?.holds, true);
    assert.ok((lower?.settled ?? 0) > found.settled);
  });

  it('settles nothing when the cheap stage says nothing', () => {
    const random = Xoshiro128.seeded(4);
    const noise = rated(Array.from({ length: 300 }, () => [random.below(3) / 2, random.below(2)] as const));
    const found = calibrateCascade(noise, { stage: 'lexical', agreement: 0.95, seed: 1 });
    assert.deepEqual(found?.thresholds, { fail: null, pass: null });
    assert.deepEqual([found?.settled, found?.heldOut.agreement, found?.holds], [0, null, false]);
  });

  it('does not count a judge of weight 0, be it right, wrong or broken', () => {
    const watched = (score: number | null): Evaluation => ({
      ...evaluation('watched', 'judge', score),
      weight: 0,
    });
    const beside = (score: (at: number) => number | null) =>
      Array.from({ length: 200 }, (_, at) =>
        trialResult({
          caseIndex: at,
          evaluations: [
            evaluation('words', 'lexical', at % 2),
            evaluation('judge', 'judge', at % 2),
            watched(score(at)),
          ],
        }),
      );
    for (const score of [() => 0, () => null, (at: number) => 1 - (at % 2)]) {
      const found = calibrateCascade(beside(score), { stage: 'lexical', agreement: 0.9, seed: 1 });
      assert.deepEqual([found?.thresholds, found?.outputs], [{ fail: 0.5, pass: 1 }, 200]);
    }
    const alone = beside(() => 1).map((result) => ({
      ...result,
      evaluations: result.evaluations.filter(({ name }) => name !== 'judge'),
    }));
    assert.equal(calibrateCascade(alone, { stage: 'lexical', agreement: 0.9, seed: 1 }), null);
  });

  it('needs results with both stages', () => {
    assert.equal(calibrateCascade([], { stage: 'lexical', agreement: 0.95, seed: 1 }), null);
    assert.equal(calibrateCascade(world(100), { stage: 'heuristic', agreement: 0.95, seed: 1 }), null);
    const broken = rated(Array.from({ length: 50 }, () => [0.5, null] as const));
    assert.equal(calibrateCascade(broken, { stage: 'lexical', agreement: 0.95, seed: 1 }), null);
  });
});
