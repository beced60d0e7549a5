import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { makeFolders } from '../../../src/engine/files/makeFolders.ts';
import { skip } from '../../support/skip.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('makeFolders', () => {
  it('makes what is missing, and leaves what is there', () => {
    const folder = temporaryFolder();
    const deep = path.join(folder, 'a', 'b', 'c');
    makeFolders(deep);
    makeFolders(deep);
    assert.ok(statSync(deep).isDirectory());
    writeFileSync(path.join(folder, 'file'), '');
    assert.throws(() => makeFolders(path.join(folder, 'file')), { code: 'EEXIST' });
    assert.throws(() => makeFolders(path.join(folder, 'file', 'below')), /ENOTDIR|EEXIST/);
  });

  it('comes back where nothing can be made', function () {
    if (process.platform !== 'linux') skip(this, 'needs /proc, where nobody can write');
    assert.throws(() => makeFolders('/proc/x/y/z'), { code: 'ENOENT' });
  });
});
