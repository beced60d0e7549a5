import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import stringWidth from 'string-width';
import { fitTable, truncate, wrap } from '../../../src/cli/terminal/table.ts';

describe('wrap', () => {
  it('breaks at spaces, keeps line breaks, and breaks a word only where it is too long for a line', () => {
    assert.deepEqual(wrap('one two three\nfour  five', 8), ['one two', 'three', 'four', 'five']);
    assert.deepEqual(wrap('ab 123456789012 cd', 5), ['ab', '12345', '67890', '12 cd']);
    assert.deepEqual(wrap(' \n ', 5), []);
  });

  it('counts columns, and never cuts a character of several code points', () => {
    assert.deepEqual(wrap('返品期限は三十日', 6), ['返品期', '限は三', '十日']);
    const family = '👩‍👩‍👧';
    const lines = wrap(family.repeat(5), 4);
    assert.deepEqual(lines, [family.repeat(2), family.repeat(2), family]);
    for (const line of lines) assert.ok(stringWidth(line) <= 4);
  });

  it('makes no more lines than are asked for, of a text that would take minutes as a whole', () => {
    assert.equal(wrap('x'.repeat(8_000_000), 80, 4).length, 4);
  });
});

describe('truncate', () => {
  it('cuts to columns with an ellipsis', () => {
    assert.equal(truncate('abcdef', 4), 'abc…');
    assert.equal(truncate('返品期限', 5), '返品…');
    assert.equal(truncate('abcd', 4), 'abcd');
  });
});

describe('fitTable', () => {
  const columns = [
    { title: 'name' },
    { title: 'p95', align: 'right' as const, spare: 1 },
    { title: 'p99', align: 'right' as const, spare: 2 },
  ];
  const rows = [['agent', '9 ms', '10 ms']];

  it('leaves out spare columns, the highest first, until the table fits', () => {
    assert.deepEqual(fitTable(columns, rows, 20), ['name    p95    p99', 'agent  9 ms  10 ms']);
    assert.deepEqual(fitTable(columns, rows, 15), ['name    p95', 'agent  9 ms']);
    assert.deepEqual(fitTable(columns, rows, 3), ['name', 'agent']);
  });
});
