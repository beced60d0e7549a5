import assert from 'node:assert/strict';
import {
  binary,
  graded,
  negate,
  notApplicable,
  quote,
  unmeasured,
} from '../../../src/engine/evaluators/score.ts';

describe('a score', () => {
  it('is 1 or 0 for yes or no', () => {
    assert.deepEqual(binary(true, 'so'), { status: 'scored', score: 1, pass: true, reason: 'so' });
    assert.deepEqual(binary(false, 'so'), { status: 'scored', score: 0, pass: false, reason: 'so' });
  });

  it('passes from its minimum on, whatever rounding does', () => {
    const passes = (score: number, min: number) => {
      const found = graded(score, min, 'so');
      return found.status === 'scored' && found.pass;
    };
    assert.equal(passes(0.1 + 0.2, 0.3), true);
    assert.equal(passes(0.7 - 0.4, 0.3), true, '0.29999999999999993');
    assert.equal(passes(0.2999999, 0.3), false);
    assert.deepEqual(graded(0.5, 0.5, 'so', { a: 1 }), {
      status: 'scored',
      score: 0.5,
      pass: true,
      reason: 'so',
      detail: { a: 1 },
    });
    assert.ok(!('detail' in graded(0.5, 0.5, 'so')));
  });

  it('is turned round by "not", but not where it is missing', () => {
    const detail = { a: 1 };
    assert.deepEqual(negate({ status: 'scored', score: 0.25, pass: false, reason: 'so', detail }), {
      status: 'scored',
      score: 0.75,
      pass: true,
      reason: 'not: so',
      detail,
    });
    const passed = negate(binary(true, 'so'));
    assert.deepEqual([passed.status === 'scored' && passed.pass, passed.reason], [false, 'not: so']);
    assert.deepEqual(negate(unmeasured('so')), { status: 'error', reason: 'so' });
    assert.deepEqual(negate(notApplicable('so')), { status: 'skipped', reason: 'so' });
  });

  it('quotes a text as far as it is short', () => {
    assert.equal(quote('a "b"'), '"a \\"b\\""');
    assert.equal(quote('x'.repeat(80)), `"${'x'.repeat(80)}"`);
    assert.equal(quote(`${'x'.repeat(80)}y`), `"${'x'.repeat(80)}…"`);
    assert.equal(quote('xyz', 2), '"xy…"');
  });
});
