import assert from 'node:assert/strict';
import { shownP } from '../../../src/engine/statistics/shownP.ts';
import { signFlipTest } from '../../../src/engine/statistics/signFlip.ts';
import { wilcoxonSignedRank } from '../../../src/engine/statistics/wilcoxon.ts';

describe('the sign-flip test', () => {
  it('is exact for a few numbers, however large they are', () => {
    // Python: all 4096, 128 and 16 signs.
    const rows: [number[], number][] = [
      [
        [
          1000000007, -300000001, 200000003, 700000009, -500000011, 900000021, 410000017, -130000043,
          610000081, 870000007, -90000011, 350000057,
        ],
        0.04443359375,
      ],
      // 400000009 + 270000017 is the third: many sums are ties.
      [[400000009, 270000017, -670000026, 1100000083, 150000031, -90000049, 350000053], 0.359375],
      [[400000009, 270000017, -670000026, 1100000083], 0.625],
    ];
    for (const [sums, p] of rows) {
      const found = signFlipTest(sums);
      assert.ok(found >= p && found < p + 0.001, `${found} for ${p}: what may be a tie counts as one`);
    }
  });

  it('is normal for thousands of numbers, less half of the step from one sum to the next', () => {
    // 1500 of either number; NumPy: the exact distribution by convolution, and SciPy's norm.sf.
    const alternating = (ones: number, twos: number) => [
      ...Array.from({ length: 1500 }, (_, at) => (at < ones ? 1 : -1)),
      ...Array.from({ length: 1500 }, (_, at) => (at < twos ? 2 : -2)),
    ];
    const moderate = signFlipTest(alternating(775, 775));
    assert.ok(Math.abs(moderate - 0.08533442966364951) < 1e-5, `${moderate}`);
    assert.equal(moderate.toFixed(9), '0.085340903');
    assert.equal(signFlipTest(alternating(800, 800)).toFixed(9), '0.000555305');
    assert.equal(signFlipTest(alternating(750, 750)), 1);
  });
});

describe('a p-value', () => {
  it('is never 0, nor above 1', () => {
    assert.deepEqual([shownP(0), shownP(1e-310), shownP(0.3), shownP(1.2)], [1e-300, 1e-300, 0.3, 1]);
  });
});

describe("Wilcoxon's test", () => {
  it('takes differences that are equal up to rounding for ties', () => {
    // Ranks of 0.1, 0.1, 0.2 and 0.3: 1.5, 1.5, 3 and 4.
    const { positive, p } = wilcoxonSignedRank([0.3 - 0.2, -0.1, 0.2, 0.3]);
    // Of the sixteen signs, those with 0, 1.5, 1.5, 8.5, 8.5 … and 9: p = P(W ≤ 1.5) + P(W ≥ 7.5).
    assert.deepEqual([positive, p], [8.5, (2 * 3) / 16]);
  });

  it('is 1 where both sides weigh the same, with few differences and with many', () => {
    assert.deepEqual(wilcoxonSignedRank([1, -1]), { positive: 1.5, p: 1, n: 2, method: 'exact' });
    const many = Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? 1 : -1) * (1 + (at >> 1)));
    assert.deepEqual(wilcoxonSignedRank(many), { positive: 915, p: 1, n: 60, method: 'normal' });
  });
});
