import assert from 'node:assert/strict';
import { renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import {
  changedPaths,
  type FileList,
  listFiles,
  packFileList,
  unpackFileList,
} from '../../../src/engine/files/fileList.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('the list of a workspace’s files', () => {
  let folder: string;
  beforeEach(() => {
    const files = {
      'a.txt': 'one',
      'deep/b.txt': 'two',
      '.env': 'X=1',
      'run.log': '',
      '.git/HEAD': '',
      'node_modules/x/i.js': '',
    };
    folder = temporaryFolder(files);
  });

  /** Long after the files were written, so that they are known by their stamps the next time. */
  async function list(known?: FileList): Promise<FileList> {
    const options = { now: Date.now() + 60_000, known, signal: new AbortController().signal };
    return (await listFiles(folder, options)) ?? assert.fail('too many files');
  }
  const at = (name: string) => path.join(folder, name);

  it('holds dot-files and logs, and neither git’s own files nor installed packages one by one', async () => {
    assert.deepEqual(
      [...(await list()).files.keys()],
      ['.env', 'a.txt', 'deep/b.txt', 'node_modules', 'run.log'],
    );
  });

  const edits: { [what: string]: { edit(): void; changed: string[] } } = {
    nothing: { edit: () => {}, changed: [] },
    'a touch': { edit: () => utimesSync(at('a.txt'), 5, 5), changed: [] },
    'another content of the same size and time': {
      edit: () => {
        const { atime, mtime } = statSync(at('a.txt'));
        writeFileSync(at('a.txt'), 'eno');
        utimesSync(at('a.txt'), atime, mtime);
      },
      changed: ['a.txt'],
    },
    'a new file': { edit: () => writeFileSync(at('deep/c'), ''), changed: ['deep/c'] },
    'a removed one': { edit: () => rmSync(at('.env')), changed: ['.env'] },
    'a renamed one': { edit: () => renameSync(at('a.txt'), at('c.txt')), changed: ['a.txt', 'c.txt'] },
    'one in place of another': {
      edit: () => renameSync(at('deep/b.txt'), at('a.txt')),
      changed: ['a.txt', 'deep/b.txt'],
    },
    'a link in a circle': {
      edit: () => symlinkSync(folder, at('deep/up'), 'junction'),
      changed: ['deep/up'],
    },
  };
  for (const [what, { edit, changed }] of Object.entries(edits))
    it(`tells ${what}`, async () => {
      const before = await list();
      edit();
      const after = await list(before);
      assert.deepEqual(changedPaths(before, after), changed);
      assert.equal(before.fingerprint === after.fingerprint, changed.length === 0);
    });

  it('reads what is known only where it may have changed', async () => {
    const before = await list();
    assert.equal((await list(before)).read, 0);
    writeFileSync(at('a.txt'), 'other');
    assert.equal((await list(before)).read, 1);
  });

  it('reads again what was changed just before it was listed: it may have changed after that within the same tick', async () => {
    const found = await list();
    const stale = new Map([...found.files].map(([name, file]) => [name, { ...file, digest: 'stale' }]));
    const digest = async (listedAt: number) =>
      (await list({ ...found, listedAt, files: stale })).files.get('a.txt')?.digest;
    assert.notEqual(await digest(Date.now()), 'stale');
    assert.equal(await digest(Date.now() + 60_000), 'stale');
  });

  it('comes back from the store as it was', async () => {
    const before = await list();
    const after = unpackFileList(packFileList(before));
    assert.deepEqual(after && [after.fingerprint, after.files], [before.fingerprint, before.files]);
    assert.equal(unpackFileList(Buffer.from('anything')), undefined);
  });
});
