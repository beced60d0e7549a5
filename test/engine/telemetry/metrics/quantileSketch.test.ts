import assert from 'node:assert/strict';
import sketches from '@datadog/sketches-js';
import fc from 'fast-check';
import { QuantileSketch, RELATIVE_ERROR } from '../../../../src/engine/telemetry/metrics/quantileSketch.ts';

const SHARES = [0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];
const value = fc.oneof(
  fc.nat(20),
  fc.nat(100_000),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  fc.constant(0),
);
const values = fc.array(value, { minLength: 1, maxLength: 300 });

function sketchOf(given: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const one of given) sketch.add(one);
  return sketch;
}

function exact(given: readonly number[], share: number): number {
  return given.toSorted((a, b) => a - b)[Math.floor(share * (given.length - 1))] ?? Number.NaN;
}

describe('quantile sketch', () => {
  it('differs from the exact quantiles by at most 1 %', () =>
    fc.assert(
      fc.property(values, (given) => {
        for (const [at, estimate] of sketchOf(given).quantiles(SHARES).entries()) {
          const right = exact(given, SHARES[at] ?? 0);
          assert.ok(
            Math.abs(estimate - right) <= right * RELATIVE_ERROR * (1 + 1e-9),
            `${estimate} ${right}`,
          );
        }
      }),
    ));

  it('agrees with the reference implementation of DDSketch', () =>
    fc.assert(
      fc.property(values, (given) => {
        const reference = new sketches.DDSketch({ relativeAccuracy: RELATIVE_ERROR });
        for (const one of given) reference.accept(one);

        const ours = sketchOf(given).quantiles(SHARES);
        for (const [at, estimate] of ours.entries()) {
          const theirs = reference.getValueAtQuantile(SHARES[at] ?? 0);
          assert.ok(Math.abs(estimate - theirs) <= theirs * 1e-6, `${estimate} ${theirs} at ${SHARES[at]}`);
        }
      }),
    ));

  it('has the same bytes in any order, by any split, and through its bytes', () =>
    fc.assert(
      fc.property(values, fc.nat(), fc.infiniteStream(fc.nat()), (given, cut, order) => {
        const whole = sketchOf(given).toBytes();
        const keyed = given.map((one) => ({ one, key: order.next().value }));
        const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
        const at = cut % given.length;

        const merged = sketchOf(shuffled.slice(at));
        merged.merge(sketchOf(shuffled.slice(0, at)));
        const stored = new QuantileSketch();
        stored.mergeBytes(merged.toBytes());

        assert.deepEqual(merged.toBytes(), whole);
        assert.deepEqual(stored.toBytes(), whole);
        assert.equal(stored.count, given.length);
      }),
    ));

  it('forgets what is taken back, also before it comes', () =>
    fc.assert(
      fc.property(values, values, (kept, taken) => {
        const sketch = new QuantileSketch();
        for (const one of taken) sketch.remove(one);
        sketch.merge(sketchOf([...kept, ...taken]));
        assert.deepEqual(sketch.toBytes(), sketchOf(kept).toBytes());
      }),
    ));

  it('has no quantiles without values', () => {
    assert.deepEqual(new QuantileSketch().quantiles([0.5]), []);
    assert.deepEqual(new QuantileSketch().toBytes(), new Uint8Array());
  });

  it('counts beyond one byte and beyond 32 bits', () => {
    const half = sketchOf(Array.from({ length: 200 }, () => 7));
    for (let times = 0; times < 30; times += 1) {
      const copy = new QuantileSketch();
      copy.mergeBytes(half.toBytes());
      half.merge(copy);
    }
    const stored = new QuantileSketch();
    stored.mergeBytes(half.toBytes());
    assert.equal(stored.count, 200 * 2 ** 30);
  });
});
