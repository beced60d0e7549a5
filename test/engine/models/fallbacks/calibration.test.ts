import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  type Calibration,
  type CalibrationCase,
  calibrate,
} from '../../../../src/engine/models/fallbacks/calibration.ts';
import { wordingOf } from '../../../../src/engine/models/fallbacks/wordLikeness.ts';

const noPause = async () => {};

/** Case `at` lies at an angle, so that likeness is the cosine of the angle between two. */
function placed(
  id: string,
  degrees: number,
  expected: string | undefined,
  more: Partial<CalibrationCase> = {},
) {
  const angle = (degrees * Math.PI) / 180;
  const place = { by: 'embeddings', vector: Float32Array.from([Math.cos(angle), Math.sin(angle)]) } as const;
  return { id, partition: 'p', place, expected, ...more };
}

/** `pairs` pairs in partitions of their own, each 5° apart and expecting the same; and one that differs at `apart`. */
function dataset(pairs: number, apart: number): CalibrationCase[] {
  const same = Array.from({ length: pairs }, (_, at) => [
    placed(`a${at}`, 0, 'yes', { partition: `p${at}` }),
    placed(`b${at}`, 5, 'yes', { partition: `p${at}` }),
  ]);
  return [
    ...same.flat(),
    placed('x', 0, 'yes', { partition: 'q' }),
    placed('y', apart, 'no', { partition: 'q' }),
  ];
}

function reasonOf(found: Calibration): string {
  assert(!found.on);
  return found.reason;
}

describe('the calibration of the semantic cache', () => {
  it('takes no threshold that two cases with different expectations reach exactly', async () => {
    const counted = (id: string, partition: string, count: number, expected: string): CalibrationCase => ({
      ...{ id, partition, expected },
      place: { by: 'words', wording: new Map([['x', count]]) },
    });
    const same = Array.from({ length: 400 }, (_, at) => [
      counted(`a${at}`, `p${at}`, 1, 'yes'),
      counted(`b${at}`, `p${at}`, 1, 'yes'),
    ]).flat();
    const found = await calibrate(
      [...same, counted('x', 'q', 4, 'yes'), counted('y', 'q', 5, 'no')],
      0.05,
      noPause,
    );
    assert.equal(found.on && found.threshold, 0.85, 'the two are 0.8 alike');
  });

  it('takes the lowest threshold that no pair of different expectations reaches', async () => {
    // cos 30° = 0.866, cos 5° = 0.996
    const found = await calibrate(dataset(252, 30), 0.02, noPause);
    assert(found.on);
    assert.equal(found.threshold, 0.9);
    assert.equal(found.hits, 252);
    // 1 − (0.05 / 8)^(1 / 252)
    assert(Math.abs(found.bound - 0.0199381) < 1e-6, `${found.bound}`);
  });

  it('is off where the bound cannot be shown, by a single pair, and says what would do', async () => {
    const found = await calibrate(dataset(251, 30), 0.02, noPause);
    assert.match(reasonOf(found), /^251 independent pairs .* 252 pairs would do \(the cases 'x' and 'y'/);
  });

  it('is off where different expectations are as alike as they can be', async () => {
    const found = await calibrate(dataset(500, 1), 0.02, noPause);
    assert.equal(reasonOf(found), "the cases 'x' and 'y' expect different outputs and are 99.9 % alike");
  });

  it('allows more where the configuration does', async () => {
    const found = await calibrate(dataset(49, 30), 0.1, noPause);
    assert(found.on);
    assert(found.bound <= 0.1);
    assert(!(await calibrate(dataset(48, 30), 0.1, noPause)).on);
    assert(!(await calibrate(dataset(500, 30), 0, noPause)).on, 'nothing shows that nothing is ever wrong');
  });

  it('counts hits that hang together once', async () => {
    const copies = Array.from({ length: 600 }, (_, at) => placed(`a${at}`, 0, 'yes'));
    const differing = [placed('x', 60, 'yes'), placed('y', 120, 'no')];
    assert.match(reasonOf(await calibrate([...copies, ...differing], 0.02, noPause)), /^1 independent pair /);

    const clustered = dataset(300, 30).map((entry) => ({ ...entry, cluster: 'one source' }));
    assert.match(reasonOf(await calibrate(clustered, 0.02, noPause)), /^1 independent pair /);
  });

  it('compares nothing across partitions', async () => {
    const cases = [placed('a', 0, 'yes'), placed('b', 0, 'no', { partition: 'other' })];
    assert.match(
      reasonOf(await calibrate(cases, 0.02, noPause)),
      /^no two cases that differ in their last message/,
    );
  });

  it('learns nothing from cases that expect nothing', async () => {
    const cases = [placed('a', 0, undefined), placed('b', 0, undefined), placed('c', 0, 'yes')];
    assert.match(reasonOf(await calibrate(cases, 0.02, noPause)), /^1 case of 3 with an expected output/);
    assert.match(reasonOf(await calibrate([], 0.02, noPause)), /^0 cases of 0/);
  });

  it('never gives an answer to a question of the dataset that expects another one', async () => {
    const words = ['refund', 'order', 'late', 'broken', 'cancel', 'invoice'];
    const cases = Array.from({ length: 40 }, (_, at): CalibrationCase => {
      const text = words.filter((_word, bit) => (at >> bit) & 1).join(' ');
      return {
        id: `${at}`,
        partition: 'p',
        place: { by: 'words', wording: wordingOf(text) },
        expected: `${at % 3}`,
      };
    });
    const found = await calibrate(cases, 0.9, noPause);
    assert(found.on ? found.threshold > 0.6 : found.reason !== '');
  });

  it('lets others run', async () => {
    let pauses = 0;
    const cases = Array.from({ length: 250 }, (_, at) => placed(`${at}`, at, `${at}`));
    await calibrate(cases, 0.02, async () => {
      pauses += 1;
    });
    assert.equal(pauses, Math.floor((250 * 249) / 2 / 20_000));
  });
});
