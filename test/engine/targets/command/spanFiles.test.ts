import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createSpanFiles, type SpanFiles } from '../../../../src/engine/targets/command/spanFiles.ts';
import { skip } from '../../../support/skip.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const NOTHING = { requests: [], dropped: 0 };

describe('createSpanFiles', () => {
  let folder: string;
  let files: SpanFiles;
  beforeEach(() => {
    folder = temporaryFolder({});
    files = createSpanFiles(folder);
  });
  afterEach(async () => {
    await files.close();
  });

  it('gives each of many calls that begin together a file of its own', async () => {
    const names = await Promise.all(Array.from({ length: 8 }, () => files.next()));
    assert.equal(new Set(names).size, 8);
    assert.equal(new Set(names.map((name) => path.dirname(name))).size, 1);
  });

  it('reads what each call wrote, and counts the lines that are no JSON', async () => {
    const names = await Promise.all([files.next(), files.next()]);
    for (const [index, name] of names.entries()) writeFileSync(name, `{"call":${index}}\nnot json\n\n`);
    for (const [index, name] of names.entries()) {
      assert.deepEqual(await files.take(name), { requests: [{ call: index }], dropped: 1 });
      assert.ok(!existsSync(name));
    }
  });

  it('finds nothing where an agent wrote no file, or has taken it away', async () => {
    const name = await files.next();
    assert.deepEqual(await files.take(name), NOTHING);
    assert.deepEqual(await files.take(path.join(folder, 'gone', '1.jsonl')), NOTHING);
  });

  it('follows no link, reads no folder and waits for no pipe', async function () {
    if (process.platform === 'win32') skip(this, 'Windows has no named pipes in folders');
    writeFileSync(path.join(folder, 'secret.jsonl'), '{"key":"sk-1"}\n');
    const [link, pipe] = [await files.next(), await files.next()];
    symlinkSync(path.join(folder, 'secret.jsonl'), link);
    execFileSync('mkfifo', [pipe]);
    assert.deepEqual(await files.take(link), NOTHING);
    assert.deepEqual(await files.take(pipe), NOTHING);
    assert.ok(existsSync(path.join(folder, 'secret.jsonl')));
    const directory = await files.next();
    mkdirSync(directory);
    assert.deepEqual(await files.take(directory), NOTHING);
  });
});
