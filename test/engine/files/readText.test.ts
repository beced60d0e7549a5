import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../../../src/engine/errors.ts';
import { readText } from '../../../src/engine/files/readText.ts';
import { skip } from '../../support/skip.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('readText', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });

  const refuses = (path: string, pattern: RegExp) =>
    assert.throws(
      () => readText(path, 'shown.txt'),
      (error) =>
        error instanceof FileError && error.where?.path === 'shown.txt' && pattern.test(error.message),
    );

  it('reads a text', () => {
    writeFileSync(join(folder, 'a'), '\ufeffä\r\n');
    assert.equal(readText(join(folder, 'a')), 'ä\r\n');
  });

  it('says that a file is missing, a folder, or under a file', () => {
    writeFileSync(join(folder, 'a'), '');
    refuses(join(folder, 'missing'), /does not exist/);
    refuses(join(folder, 'a', 'b'), /does not exist/);
    refuses(folder, /not a regular file/);
  });

  it('refuses a file beyond the limit without reading it', () => {
    writeFileSync(join(folder, 'big'), '');
    truncateSync(join(folder, 'big'), 65 * 1024 * 1024);
    refuses(join(folder, 'big'), /has 65 MB; at most 64 MB/);
  });

  it('does not wait for a named pipe', function () {
    if (process.platform === 'win32') skip(this, 'Windows has no named pipes in folders');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    refuses(join(folder, 'pipe'), /not a regular file/);
  });
});
