import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createFence, withoutNonces } from '../../../../src/engine/evaluators/judge/fence.ts';

const fenced = (number: string) => {
  const { notice, wrap } = createFence({ next: () => 0, hex: () => number }, ['text', 'more']);
  return [notice, wrap('output', 'text'), wrap('input', 'more')].join('\n');
};

describe('a question without the numbers of its fence', () => {
  it('is the same for the same material', () => {
    assert.notEqual(fenced('1'), fenced('2'));
    assert.equal(withoutNonces(fenced('1')), withoutNonces(fenced('2')));
    assert.match(withoutNonces(fenced('1')), /<data- name="output">\ntext\n<\/data->\n<data- name="input">/);
  });

  it('keeps what only looks like one', () => {
    const hex = '0123456789abcdef0123456789abcdef';
    for (const text of [
      `data-${hex.slice(1)}`,
      `data-${hex}0`,
      `metadata-${hex}`,
      `data-${hex.toUpperCase()}`,
      `data-${'z'.repeat(32)}`,
    ])
      assert.equal(withoutNonces(text), text);
  });
});
