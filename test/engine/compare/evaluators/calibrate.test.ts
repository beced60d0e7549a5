import assert from 'node:assert/strict';
import { calibrateCascade } from '../../../../src/engine/compare/evaluators/calibrate.ts';
import type { Evaluation } from '../../../../src/engine/model/evaluation.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { broken, judgedResult, scored } from './evaluations.ts';

/** As many outputs with this score of the cheap stage, of which the judge passes so many. */
const outputs = (score: number, count: number, passes: number): [number, number][] =>
  Array.from({ length: count }, (_, at) => [score, at < passes ? 1 : 0]);

const results = (judged: readonly (readonly [number, number])[]): TrialResult[] =>
  judged.map(([words, judge], at) =>
    judgedResult(at, [scored('words', 'lexical', words), scored('judge', 'judge', judge)]),
  );

const calibrate = (made: readonly TrialResult[], agreement = 0.95) =>
  calibrateCascade(made, { stage: 'lexical', agreement, seed: 1 });
const thresholdsOf = (judged: readonly (readonly [number, number])[], agreement?: number) =>
  calibrate(results(judged), agreement)?.thresholds;

describe('thresholds of a cascade', () => {
  it('need as many outputs as the agreement that is asked for can be shown with', () => {
    // 0.95^72 = 0.0249 and 0.95^71 = 0.0262; 0.9^36 = 0.0225 and 0.9^35 = 0.02503.
    for (const [agreement, count, known] of [
      [0.95, 72, true],
      [0.95, 71, false],
      [0.9, 36, true],
      [0.9, 35, false],
    ] as const) {
      const passes = thresholdsOf(outputs(0.8, count, count), agreement);
      assert.deepEqual(passes, { fail: null, pass: known ? 0.8 : null }, `${count} for ${agreement}`);
    }
  });

  it('lie halfway between what fails and what does not, and at what passes', () => {
    const steps = Array.from({ length: 200 }, (_, at): [number, number] => [at / 200, at < 100 ? 0 : 1]);
    const found = calibrate(results(steps));
    assert.deepEqual(found?.thresholds, { fail: (0.495 + 0.5) / 2, pass: 0.5 });
    assert.deepEqual([found?.settled, found?.outputs, found?.stage], [1, 200, 'lexical']);
  });

  it('hold for every output that was held out, where the cheap stage foretells the judge', () => {
    const found = calibrate(results([...outputs(0, 200, 0), ...outputs(1, 200, 200)]));
    assert.deepEqual([found?.heldOut.settled, found?.heldOut.agreement], [400, 1]);
    // SciPy: binomtest(400, 400), the exact interval.
    assert.equal(found?.heldOut.interval?.low.toFixed(4), '0.9908');
    assert.equal(found?.holds, true);
  });

  it('are not shown to hold where a fifth less would not have given them', () => {
    const found = calibrate(results([...outputs(0, 80, 0), ...outputs(1, 80, 80)]));
    assert.deepEqual(found?.thresholds, { fail: 0.5, pass: 1 });
    assert.deepEqual(found?.heldOut, { settled: 0, agreement: null, interval: null });
    assert.equal(found?.holds, false);
  });

  it('are held to sources, not to outputs of one source', () => {
    const judged = results([...outputs(0, 200, 0), ...outputs(1, 200, 200)]);
    const found = calibrate(judged.map((result, at) => ({ ...result, cluster: `source ${at % 10}` })));
    assert.deepEqual([found?.heldOut.settled, found?.heldOut.agreement], [400, 1]);
    // SciPy: binomtest(10, 10), the exact interval.
    assert.equal(found?.heldOut.interval?.low.toFixed(4), '0.6915');
    assert.equal(found?.holds, false);
  });

  it('need five sources', () => {
    const judged = results(outputs(1, 100, 100));
    const from = (sources: number) =>
      calibrate(judged.map((result, at) => ({ ...result, cluster: `source ${at % sources}` })));
    assert.equal(from(4), null);
    assert.equal(from(5)?.outputs, 100);
  });

  it('give way to the passes where both ranges meet', () => {
    // SciPy: binomtest(55, 60) has its lower end at 0.816.
    const both = [...outputs(0, 50, 0), ...outputs(0.5, 10, 5), ...outputs(1, 50, 50)];
    assert.deepEqual(thresholdsOf(both, 0.8), { fail: 0.5, pass: 0.5 });
  });

  it('may settle all of what there is', () => {
    const low = calibrate(results(outputs(0.6, 200, 0)));
    assert.ok(low?.thresholds.fail && low.thresholds.fail > 0.6 && low.thresholds.fail < 0.6001);
    assert.deepEqual([low.thresholds.pass, low.settled], [null, 1]);
    const high = calibrate(results(outputs(1, 200, 0)));
    assert.deepEqual([high?.thresholds.fail, high?.settled], [1, 0], 'no score lies above 1');
    const passes = calibrate(results(outputs(0.6, 200, 200)));
    assert.deepEqual([passes?.thresholds, passes?.settled], [{ fail: null, pass: 0.6 }, 1]);
  });

  it('are of the weighted mean of the stage, and of what all judges say that count', () => {
    const made = (more: (pass: boolean) => Evaluation[]) =>
      Array.from({ length: 200 }, (_, at) =>
        judgedResult(at, [
          scored('exact', 'lexical', at % 2, { weight: 3 }),
          scored('near', 'lexical', 0.2),
          broken('third', 'lexical'),
          scored('judge', 'judge', 1),
          ...more(at % 2 === 1),
        ]),
      );
    const found = calibrate(made((pass) => [scored('strict', 'judge', Number(pass))]));
    assert.deepEqual(found?.thresholds, { fail: (0.05 + 0.8) / 2, pass: 0.8 });
    assert.equal(calibrate(made(() => [broken('strict', 'judge')])), null, 'one of the judges is down');
    assert.equal(calibrate(made(() => [broken('strict', 'judge', 0)]))?.outputs, 200, 'it does not count');
  });
});
