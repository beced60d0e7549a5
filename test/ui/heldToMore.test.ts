import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { heldToMore } from '../../src/ui/datasets/heldToMore.ts';

const evaluation = (type: string, pass: boolean, stage: 'heuristic' | 'lexical' | 'judge' = 'heuristic') => ({
  name: `my ${type}`,
  type,
  stage,
  status: 'scored' as const,
  reason: '',
  pass,
});

describe('an accepted output', () => {
  it('still fails what does not look at the expected answer', () => {
    const evaluations = [
      evaluation('equals', false),
      evaluation('rouge-l', false, 'lexical'),
      evaluation('concepts', false, 'lexical'),
      evaluation('tool-call-f1', false),
      evaluation('pii', true),
      evaluation('rubric', false, 'judge'),
    ];
    assert.deepEqual(heldToMore({ evaluations }), ['my concepts', 'my tool-call-f1']);
  });
});
