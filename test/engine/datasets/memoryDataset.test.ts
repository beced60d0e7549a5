import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { memoryDataset } from '../../../src/engine/datasets/read/memoryDataset.ts';
import type { GoldenCase, LocatedCase } from '../../../src/engine/model/case.ts';
import { contentHash } from '../../../src/engine/model/hash.ts';

function located(cases: readonly GoldenCase[]): LocatedCase[] {
  return cases.map((entry, index) => ({ case: entry, index, location: { path: 'a', line: 1, column: 1 } }));
}

describe('memoryDataset', () => {
  const entries: GoldenCase[] = [
    { id: 'a', input: { z: 1, '10': 2, '9': [null, 'é'] } },
    { input: 'x', id: 'b', tags: ['t'] },
    { id: 'c' },
  ];

  for (const count of [0, 1, 2, 3]) {
    it(`has the hash of the list of its cases, ${count} of them: stored runs know it`, () => {
      const cases = entries.slice(0, count);
      assert.equal(memoryDataset('a.yaml', located(cases)).contentHash, contentHash(cases));
    });
  }

  it('tells whether a case mentions files', () => {
    const mentioning = [
      { id: 'a', input: 'file://x' },
      { id: 'a', assert: [{ type: 'javascript', value: { file: 'x.js' } }] },
    ];
    for (const entry of mentioning) {
      assert.equal(memoryDataset('a.yaml', located([{ id: 'b' }, entry, { id: 'c' }])).mentionsFiles, true);
    }
    assert.equal(memoryDataset('a.yaml', located(entries)).mentionsFiles, false);
  });
});
