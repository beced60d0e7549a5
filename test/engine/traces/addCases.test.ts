import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { addCases } from '../../../src/engine/traces/addCases.ts';
import { systemRandom } from '../../../src/systemRandom.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('adding cases to a dataset', () => {
  const file = (root: string) => ({
    path: path.join(root, 'a.golden.yaml'),
    shownAs: 'a.golden.yaml',
    random: systemRandom,
  });
  const read = (root: string) => readFileSync(path.join(root, 'a.golden.yaml'), 'utf8');

  it('begins a dataset of the current schema', async () => {
    const root = temporaryFolder();
    const added = await addCases(file(root), [{ id: 'one', input: 'a' }]);
    assert.deepEqual(added, { added: 1, same: [], isNew: true });
    assert.match(read(root), /^schema_version: 2\.0\.0\nversion: 1\.0\.0\n/);
  });

  it('leaves out what asks the same as a case that is there, or as another one of them', async () => {
    const root = temporaryFolder();
    await addCases(file(root), [{ id: 'known', input: 'a' }]);
    const added = await addCases(file(root), [
      { id: 'one', input: 'a' },
      { id: 'two', input: 'b' },
      { id: 'three', input: 'b' },
    ]);
    assert.deepEqual(added, { added: 1, same: ['known', 'two'], isNew: false });
    assert.match(read(root), /version: 1\.1\.0\n/);
  });

  it('writes nothing where there is nothing new', async () => {
    const root = temporaryFolder();
    await addCases(file(root), [{ id: 'known', input: 'a' }]);
    const before = read(root);
    assert.equal((await addCases(file(root), [{ id: 'one', input: 'a' }])).added, 0);
    assert.equal(read(root), before);
  });
});
