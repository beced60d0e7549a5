import assert from 'node:assert/strict';
import { meaningOf } from '../../../../src/engine/evaluators/judge/closingWords.ts';

describe('the words behind a verdict', () => {
  it('are read without the signs around them', () => {
    assert.equal(meaningOf('\n```\n'), 'nothing');
    assert.equal(meaningOf('  -- ,;: "" ,, '), 'nothing');
    assert.equal(meaningOf('** (Actually, wait!) **'), 'decisive');
    assert.equal(meaningOf('— the sky is blue —'), 'chatter');
  });

  it('are read in one pass, whatever signs stand within them', () => {
    const signs = ','.repeat(400_000);
    assert.equal(meaningOf(`a${signs}a`), 'chatter');
    assert.equal(meaningOf(`${signs}a${signs}a${signs}`), 'chatter');
  });
});
