import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import stringWidth from 'string-width';
import { columnsOf } from '../../../src/cli/terminal/columns.ts';

describe('columnsOf', () => {
  const known: [text: string, columns: number][] = [
    ['', 0],
    ['100.0 % (99.0–100.0)', 20],
    ['1.00 ±0.00 €', 12],
    ['→ “quoted” … ×', 14],
    ['\u001b[32mpassed\u001b[39m', 6],
    ['\u001b[1m返品\u001b[22m', 4],
    ['返品期限', 8],
    ['e\u0301a\u200b', 2],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['3️⃣', 2],
    ['한국어', 6],
    ['ﾊﾟ', 2],
    ['सि', 2],
    ['\u00ad\u0000', 0],
  ];
  for (const [text, columns] of known) {
    it(`gives ${columns} for ${JSON.stringify(text)}`, () => assert.equal(columnsOf(text), columns));
  }

  it('agrees with string-width on each code point', () => {
    const different: string[] = [];
    for (let code = 0; code <= 0x1ffff; code += 1) {
      const character = String.fromCodePoint(code);
      if (/\P{Assigned}/u.test(character)) continue;
      if (columnsOf(character) !== stringWidth(character)) different.push(code.toString(16));
    }
    assert.deepEqual(different, []);
  });

  it('counts a letter with a million marks', () => {
    assert.equal(columnsOf(`\u{1f600}${'\u200d\u0301'.repeat(500_000)}`), 2);
  });

  it('agrees with string-width on texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(columnsOf(text), stringWidth(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
