import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'mocha';
import { storePath } from '../../src/engine/store/storeFile.ts';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { skip } from '../support/skip.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const cli = path.join(import.meta.dirname, '..', '..', 'src', 'cli.ts');

function files(cases: number): { [file: string]: string } {
  const lines = Array.from({ length: cases }, (_, index) =>
    JSON.stringify({ id: `case-${index}`, input: `refund ${index} ${'x'.repeat(400)}` }),
  );
  return {
    'touchstone.yaml':
      'suites:\n  s:\n    dataset: cases.golden.jsonl\n    targets: [{ echo: true }]\n    evaluators: [{ contains: refund }]\n',
    'cases.golden.jsonl': `{"schema_version":"2.0.0","version":"1.0.0"}\n${lines.join('\n')}\n`,
  };
}

describe('durability', function () {
  this.timeout(120_000);

  function workspace(cases: number): string {
    const folder = temporaryFolder(files(cases));
    return folder;
  }

  it('lets several processes write to one store', async () => {
    const folder = workspace(400);
    const ended = await Promise.all(
      [1, 2, 3].map(() => startTouchstone(folder, 'eval', '--no-progress').done),
    );
    for (const { code, err } of ended) assert.equal(code, 0, err);
    const { out } = await touchstone(folder, 'show', '--runs');
    assert.equal(out.match(/400\/400/g)?.length, 3, out);
  });

  it('waits for another process that holds the store', async () => {
    const folder = workspace(5);
    assert.equal((await touchstone(folder, 'eval')).code, 0);
    const holder = new DatabaseSync(storePath(folder));
    holder.exec('BEGIN IMMEDIATE');
    const { done } = startTouchstone(folder, 'eval', '--no-progress');
    // The other process has begun once it has opened the store's shared memory; then it waits for the lock.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    holder.exec('COMMIT');
    holder.close();
    const { code, err } = await done;
    assert.equal(code, 0, err);
  });

  it('says so when the disk is full, keeps what it has, and goes on when there is room', async function () {
    if (process.platform !== 'linux') skip(this, 'limits the size of files with ulimit');
    const folder = workspace(4000);
    // A file may have 3000 blocks of 512 bytes: the store's log reaches that in the middle of the run.
    const child = spawn(
      'sh',
      ['-c', `ulimit -f 3000; exec "${process.execPath}" "${cli}" eval --no-progress`],
      {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let err = '';
    child.stderr.on('data', (data: Buffer) => {
      err += data;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 2, err);
    assert.match(err, /touchstone\.db: (the disk is full|reading or writing the store failed)/);
    assert.match(err, /resume/);
    const { code: resumed, out } = await touchstone(folder, 'eval', '--resume', '--no-progress');
    assert.equal(resumed, 0, out);
    assert.match(out, /4,000 passed/);
  });

  it('says so when the disk is too full for a new store, and makes it once there is room', async function () {
    if (process.platform !== 'linux') skip(this, 'limits the size of files with ulimit');
    const folder = workspace(3);
    // The store's first pages take more than 10 blocks of 1024 bytes.
    const child = spawn(
      'sh',
      ['-c', `ulimit -f 10; exec "${process.execPath}" "${cli}" eval --no-progress`],
      {
        cwd: folder,
        env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let err = '';
    child.stderr.on('data', (data: Buffer) => {
      err += data;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 2, err);
    assert.match(err, /\.touchstone\S*: (the disk is full|reading or writing the store failed)/);
    assert.equal((await touchstone(folder, 'eval', '--no-progress')).code, 0);
  });

  it('starts where no cache can be made', async function () {
    if (process.platform !== 'linux') skip(this, 'limits the size of files with ulimit');
    const folder = workspace(1);
    const child = spawn(process.execPath, [cli, 'list'], {
      cwd: folder,
      env: { ...process.env, XDG_CACHE_HOME: '/proc/x', NODE_COMPILE_CACHE: '' },
      stdio: 'ignore',
      timeout: 20_000,
    });
    assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0);
  });

  it('looks at a workspace without leaving anything in it', async () => {
    const folder = workspace(2);
    const before = readdirSync(folder);
    const looks = [['show', '--runs'], ['list'], ['budgets'], ['eval', '--estimate'], ['validate']];
    for (const argv of looks) await touchstone(folder, ...argv);
    assert.deepEqual(readdirSync(folder), before);
    assert.equal((await touchstone(folder, 'eval')).code, 0);
    const kept = readFileSync(storePath(folder));
    for (const argv of [...looks, ['show'], ['evaluators']])
      assert.notEqual((await touchstone(folder, ...argv)).code, 70);
    assert.deepEqual(readFileSync(storePath(folder)), kept);
    assert.deepEqual(readdirSync(path.dirname(storePath(folder))).sort(), ['.gitignore', 'touchstone.db']);
  });

  it('leaves a file that is no database, and one of a newer version, as they are', async () => {
    const folder = workspace(3);
    assert.equal((await touchstone(folder, 'eval')).code, 0);
    const store = storePath(folder);
    const database = new DatabaseSync(store);
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA user_version = 99');
    database.close();
    const before = readFileSync(store);
    const { code, err } = await touchstone(folder, 'eval');
    assert.equal(code, 2);
    assert.match(err, /newer version of Touchstone/);
    assert.deepEqual(readFileSync(store), before);
    assert.ok(statSync(store).size > 0);
  });
});
