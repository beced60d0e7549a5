import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { textEdits } from '../../src/engineProcess/textEdits.ts';
import { applied } from '../ui/edits/typedText.ts';

const line = fc.constantFrom('a', 'b', 'c', '', 'a\r');
const text = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
  .map(([lines, ended]) => lines.join('\n') + (ended ? '\n' : ''));

describe('the edits between two texts', () => {
  it('make one of the other, in order and without overlaps', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edits = textEdits(before, after);
        assert.equal(applied(before, edits), after);
        for (const [at, edit] of edits.entries()) {
          const next = edits[at + 1];
          if (next) assert.ok(edit.endLine <= next.line, JSON.stringify(edits));
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('touch only the lines that differ', () => {
    const lines = Array.from({ length: 300 }, (_, at) => `line ${at}\n`);
    const before = lines.join('');
    const changed = lines.with(10, 'ten\n').with(200, 'two hundred\nand more\n');
    assert.deepEqual(textEdits(before, changed.join('')), [
      { line: 11, column: 1, endLine: 12, endColumn: 1, text: 'ten\n' },
      { line: 201, column: 1, endLine: 202, endColumn: 1, text: 'two hundred\nand more\n' },
    ]);
    assert.deepEqual(textEdits(before, `${before}more`), [
      { line: 301, column: 1, endLine: 301, endColumn: 1, text: 'more' },
    ]);
  });
});
