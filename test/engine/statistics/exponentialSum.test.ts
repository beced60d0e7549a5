import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { exponentialSumP } from '../../../src/engine/statistics/exponentialSum.ts';

const each = (values: readonly number[]) => values.map((value) => ({ value, count: 1 }));

function assertClose(found: number, right: number): void {
  assert.ok(Math.abs(found / right - 1) < 1e-8, `${found} is ${right}`);
}

describe('exponentialSumP', () => {
  it('is the product of w / (w + v) where all values are above 0', () => {
    // P(Σ E_i v_i ≤ w E_0) = E[exp(−Σ E_i v_i / w)] = Π 1 / (1 + v_i / w).
    const lists = [
      [0.3],
      Array<number>(10).fill(0.2),
      Array<number>(2000).fill(0.2),
      [0.01, 0.5, 1, 0.02, 0.9],
      Array.from({ length: 300 }, (_, at) => (at + 1) / 300),
    ];
    for (const worst of [-0.05, -0.7, -1])
      for (const list of lists) {
        const values = list.filter((value) => value <= -worst);
        const right = Math.exp(-values.reduce((sum, value) => sum + Math.log1p(-value / worst), 0));
        assertClose(exponentialSumP(each([...values, 0, 0]), worst), right);
      }
  });

  it('is the same with counts that are no whole numbers', () => {
    for (const count of [0.4, 7.5, 30, 1234.5])
      assertClose(exponentialSumP([{ value: 0.5, count }], -1), 1.5 ** -count);
  });

  it('is right where thousands of small values meet one large', () => {
    for (const [count, value] of [
      [1000, 0.005],
      [10_000, 0.001],
      [1_000_000, 0.000005],
    ] as const)
      assertClose(exponentialSumP([{ value, count }], -1), Math.exp(-count * Math.log1p(value)));
  });

  it('knows losses that were seen from the one that was not', () => {
    // P(a E_1 ≤ b E_2 + w E_0) = 1 − 1 / ((1 + b / a)(1 + w / a)).
    for (const [a, b, w] of [
      [0.5, 0.1, 1],
      [0.9, 0.9, 0.95],
      [0.02, 0.6, 1],
    ] as const)
      assertClose(exponentialSumP(each([a, -b]), -w), 1 - 1 / ((1 + b / a) * (1 + w / a)));
    assertClose(exponentialSumP(each([-0.2, -0.3]), -1), 1);
  });

  it('is certain where the worst is not below 0', () => {
    assert.deepEqual(
      [exponentialSumP(each([0.2, 0]), 0), exponentialSumP(each([0, 0]), 0), exponentialSumP([], 0)],
      [0, 1, 1],
    );
  });
});
