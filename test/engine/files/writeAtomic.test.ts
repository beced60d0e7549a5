import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../../../src/engine/errors.ts';
import { writeAtomic } from '../../../src/engine/files/writeAtomic.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const random = { next: () => 0.5, hex: (bytes: number) => 'ab'.repeat(bytes) };

describe('writeAtomic', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });

  it('replaces the text, keeps the mode and leaves nothing behind', () => {
    const path = join(folder, 'a.yaml');
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    writeAtomic(path, 'new', random);
    assert.equal(readFileSync(path, 'utf8'), 'new');
    assert.equal(statSync(path).mode & 0o777, 0o640);
    assert.deepEqual(readdirSync(folder), ['a.yaml']);
  });

  it('creates a file', () => {
    writeAtomic(join(folder, 'b'), 'x', random);
    assert.equal(readFileSync(join(folder, 'b'), 'utf8'), 'x');
  });

  it('cleans up and explains itself when it cannot write', () => {
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken', 'x'), '');
    assert.throws(() => writeAtomic(join(folder, 'taken'), 'x', random), FileError);
    assert.throws(() => writeAtomic(join(folder, 'missing', 'x'), 'x', random), FileError);
    assert.deepEqual(readdirSync(folder), ['taken']);
  });
});
