import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { lineText, withoutIcons } from '../../src/ui/output/plainText.ts';

describe('names that came with a trace', () => {
  const LINES: readonly [string, string][] = [
    ['support agent', 'support agent'],
    ['first\nsecond\r\n\tthird', 'first second third'],
    ['support \u202egnp.exe', 'support <U+202E>gnp.exe'],
    ['\u001b[31mred\u0000', '␛[31mred␀'],
    [' \u200b\u2060 ', ''],
    ['שלום', '\u2068שלום\u2069'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['x'.repeat(4_000), `${'x'.repeat(200)}…`],
  ];
  for (const [name, line] of LINES)
    it(`are one line that leaves what stands beside it as it is: ${JSON.stringify(name.slice(0, 30))}`, () => {
      assert.equal(lineText(name), line);
    });

  it('are no icons in a list or the status bar', () => {
    assert.equal(withoutIcons('a $(trash) $(loading~spin) b'), 'a \\$(trash) \\$(loading~spin) b');
    assert.equal(withoutIcons('cost $(4.20) $5'), 'cost $(4.20) $5');
  });
});
