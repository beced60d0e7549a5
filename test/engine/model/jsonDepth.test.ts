import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endOfJsonString, isNestedDeeper } from '../../../src/engine/model/jsonDepth.ts';

/** Levels of lists and objects in a value. */
function levelsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levelsOf));
}

describe('the depth of a JSON text', () => {
  it('is that of its value, whatever its texts and keys contain', () => {
    const awkward = fc.stringMatching(/^[[\]{}"\\,: a]{0,12}$/);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        awkward,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(awkward, tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(value, (given) => {
        const text = JSON.stringify(given);
        const levels = levelsOf(given);
        assert.equal(isNestedDeeper(text, levels), false);
        if (levels > 0) assert.equal(isNestedDeeper(text, levels - 1), true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('comes to an end in a text that breaks off', () => {
    assert.equal(isNestedDeeper('["[[[[', 1), false);
    assert.equal(isNestedDeeper('["a\\"[[[[', 1), false);
    assert.equal(endOfJsonString('"a\\\\"b', 0), 4);
    assert.equal(endOfJsonString('"a\\"b', 0), 5);
  });
});
