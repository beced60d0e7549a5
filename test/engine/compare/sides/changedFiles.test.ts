import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { changedFiles, sideText } from '../../../../src/engine/compare/sides/changedFiles.ts';
import { git } from '../../../../src/engine/compare/sides/git.ts';
import { checkOutRevision, MissingFolderError } from '../../../../src/engine/compare/sides/revision.ts';
import { UsageError, UserError } from '../../../../src/engine/errors.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const environment = fixedEnvironment({ PATH: process.env['PATH'] ?? '' });
const { signal } = new AbortController();
const ports = { environment, signal };

/** A repository whose workspace is the folder `app`, with two commits, and what was done since. */
function repository(): { top: string; app: string; run(...args: string[]): string } {
  const top = realpathSync(
    temporaryFolder({ 'app/kept.txt': 'kept\n', 'app/gone.txt': 'gone', 'lib/x.mjs': '1' }),
  );
  const run = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: top,
        encoding: 'utf8',
      },
    ).trim();
  run('init', '--quiet');
  run('add', '--all');
  run('commit', '--quiet', '-m', 'first');
  write(top, 'app/kept.txt', 'kept\nlonger\n\n');
  write(top, 'app/new.txt', 'new');
  rmSync(path.join(top, 'app/gone.txt'));
  write(top, 'lib/x.mjs', '2');
  run('add', '--all');
  run('commit', '--quiet', '-m', 'second');
  return { top, app: path.join(top, 'app'), run };
}

function write(root: string, name: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
}

describe('the files of two sides', function () {
  this.timeout(60_000);

  it('differ from one revision to another, in the workspace alone', async () => {
    const { app } = repository();
    assert.deepEqual(await changedFiles(app, 'HEAD~1', 'HEAD', ports), [
      { path: 'gone.txt', status: 'removed' },
      { path: 'kept.txt', status: 'changed' },
      { path: 'new.txt', status: 'added' },
    ]);
    assert.deepEqual(await changedFiles(app, 'HEAD', 'HEAD~1', ports), [
      { path: 'gone.txt', status: 'added' },
      { path: 'kept.txt', status: 'changed' },
      { path: 'new.txt', status: 'removed' },
    ]);
    assert.deepEqual(await changedFiles(app, 'HEAD', 'HEAD', ports), []);
  });

  it('differ from those of now, with what git does not know yet', async () => {
    const { app, run } = repository();
    write(app, 'kept.txt', 'other');
    write(app, 'a b.txt', 'x');
    write(app, 'ignored.log', 'x');
    write(app, '.gitignore', '*.log\n');
    assert.deepEqual(await changedFiles(app, 'HEAD', null, ports), [
      { path: '.gitignore', status: 'added' },
      { path: 'a b.txt', status: 'added' },
      { path: 'kept.txt', status: 'changed' },
    ]);
    assert.deepEqual(
      await changedFiles(app, null, 'HEAD', ports),
      [
        { path: '.gitignore', status: 'removed' },
        { path: 'a b.txt', status: 'removed' },
        { path: 'kept.txt', status: 'changed' },
      ],
      'the other way round, what git does not know is not there any more',
    );
    assert.deepEqual(await changedFiles(app, null, null, ports), []);
    run('mv', 'app/new.txt', 'app/moved.txt');
    const moved = await changedFiles(app, 'HEAD', null, ports);
    assert.deepEqual(moved.slice(3), [
      { path: 'moved.txt', status: 'added' },
      { path: 'new.txt', status: 'removed' },
    ]);
    const back = await changedFiles(app, null, 'HEAD', ports);
    assert.deepEqual(back.slice(3), [
      { path: 'moved.txt', status: 'removed' },
      { path: 'new.txt', status: 'added' },
    ]);
  });

  it('differ from those of a branch that is called like a folder', async () => {
    const { app, run } = repository();
    run('branch', 'docs', 'HEAD~1');
    write(app, 'docs/a.txt', 'x');
    const found = await changedFiles(app, 'docs', 'HEAD', ports);
    assert.deepEqual(
      found.map(({ path: name }) => name),
      ['gone.txt', 'kept.txt', 'new.txt'],
    );
  });

  it('are two hundred at most', async () => {
    const { app } = repository();
    for (let at = 0; at < 205; at += 1) write(app, `many/${String(at).padStart(3, '0')}.txt`, 'x');
    const found = await changedFiles(app, 'HEAD', null, ports);
    assert.deepEqual([found.length, found[0]?.path, found[199]?.path], [200, 'many/000.txt', 'many/199.txt']);
  });

  it('are none where git knows nothing of them', async () => {
    const folder = temporaryFolder({ 'a.txt': 'a' });
    const alone = {
      ...ports,
      environment: fixedEnvironment({
        PATH: process.env['PATH'] ?? '',
        GIT_CEILING_DIRECTORIES: path.dirname(folder),
      }),
    };
    assert.deepEqual(await changedFiles(folder, 'HEAD', null, alone), []);
    const { app } = repository();
    assert.deepEqual(await changedFiles(app, 'nowhere', null, ports), []);
    assert.deepEqual(
      await changedFiles(app, '--output=x', null, ports),
      [],
      'a revision is no option of git',
    );
  });

  it('have their texts, whole', async () => {
    const { app, run } = repository();
    write(app, 'deep/in.txt', 'deep');
    run('add', '--all');
    run('commit', '--quiet', '-m', 'third');
    write(app, 'kept.txt', 'now\n');
    assert.equal(await sideText(app, 'HEAD', 'deep/in.txt', ports), 'deep');
    assert.equal(
      await sideText(app, '--format=%s', 'kept.txt', ports),
      null,
      'a revision is no option of git',
    );
    assert.equal(await sideText(app, 'HEAD~2', 'kept.txt', ports), 'kept\n');
    assert.equal(await sideText(app, 'HEAD', 'kept.txt', ports), 'kept\nlonger\n\n');
    assert.equal(await sideText(app, null, 'kept.txt', ports), 'now\n');
    for (const side of ['HEAD', null]) assert.equal(await sideText(app, side, 'none.txt', ports), null);
    for (const side of ['HEAD', null])
      await assert.rejects(
        sideText(app, side, '../lib/x.mjs', ports),
        (error) => error instanceof UserError && error.where?.path === '../lib/x.mjs',
      );
  });

  it('are asked of git, which is installed', async () => {
    const { app } = repository();
    assert.equal(await git(['rev-parse', '--show-prefix'], { ...ports, folder: app }), 'app/');
    assert.equal(await git(['no-such-command'], { ...ports, folder: app }), undefined);
    const said = async (...args: string[]) => git(args, { ...ports, folder: app, indexFile: 'own' });
    const variables = '$GIT_TERMINAL_PROMPT $GIT_OPTIONAL_LOCKS $GIT_INDEX_FILE';
    assert.equal(await said('-c', `alias.say=!echo "${variables}"`, 'say'), '0 0 own');
    assert.equal(await said('config', 'core.hooksPath'), os.devNull);
    assert.equal(await said('config', 'core.fsmonitor'), 'false');
    const nowhere = { ...ports, environment: fixedEnvironment({ PATH: app }), folder: app };
    await assert.rejects(
      git(['status'], nowhere),
      (error) =>
        error instanceof UsageError &&
        error.message === 'git was not found' &&
        /^Install git/.test(error.remedy ?? ''),
    );
    const stopped = AbortSignal.abort(new Error('stop'));
    await assert.rejects(git(['status'], { ...ports, signal: stopped, folder: app }), /stop/);
  });
});

describe('the files of a revision', function () {
  this.timeout(60_000);

  it('are written beside the rest of the repository, with the packages of now', async () => {
    const { top, app } = repository();
    write(top, 'node_modules/a/index.js', 'a');
    write(app, 'node_modules/b/index.js', 'b');
    write(top, '.gitignore', 'node_modules\n');
    const files = await checkOutRevision(app, 'HEAD~1', ports);
    const read = (name: string) => readFileSync(path.join(files.root, name), 'utf8');
    assert.deepEqual(readdirSync(files.root).sort(), ['gone.txt', 'kept.txt', 'node_modules']);
    assert.deepEqual([read('kept.txt'), read('../lib/x.mjs')], ['kept\n', '1']);
    assert.deepEqual([read('node_modules/b/index.js'), read('../node_modules/a/index.js')], ['b', 'a']);
    assert.ok(existsSync(path.join(files.root, '../.git')), 'the repository begins there');
    assert.equal(path.basename(path.dirname(files.root)), path.basename(top));
    assert.match(files.commit, /^[0-9a-f]{10}$/);
    assert.equal(files.unchanged, false);
    files.remove();
    files.remove();
    assert.ok(!existsSync(files.root));
  });

  it('are the same as now only where nothing of the repository has changed', async () => {
    const { top, app } = repository();
    const isUnchanged = async (revision: string) => {
      const files = await checkOutRevision(app, revision, ports);
      files.remove();
      return files.unchanged;
    };
    assert.deepEqual([await isUnchanged('HEAD'), await isUnchanged('HEAD~1')], [true, false]);
    write(top, 'lib/y.mjs', 'unknown to git, beside the workspace');
    assert.equal(await isUnchanged('HEAD'), false);
    rmSync(path.join(top, 'lib/y.mjs'));
    write(top, 'lib/x.mjs', 'changed beside the workspace');
    assert.equal(await isUnchanged('HEAD'), false);
  });

  it('of a workspace that is the whole repository have its name', async () => {
    const { top } = repository();
    const files = await checkOutRevision(top, 'HEAD~1', ports);
    assert.equal(path.basename(files.root), path.basename(top));
    assert.equal(readFileSync(path.join(files.root, 'app/kept.txt'), 'utf8'), 'kept\n');
    files.remove();
  });

  it("leave the person's index and files alone", async () => {
    const { top, app, run } = repository();
    write(app, 'staged.txt', 'x');
    run('add', 'app/staged.txt');
    const before = run('status', '--porcelain');
    const files = await checkOutRevision(app, 'HEAD~1', ports);
    assert.equal(run('status', '--porcelain'), before);
    assert.equal(readFileSync(path.join(top, 'app/kept.txt'), 'utf8'), 'kept\nlonger\n\n');
    files.remove();
  });

  it('are refused with what to do where there are none', async () => {
    const { top, app, run } = repository();
    const remedy = 'Check the name. Targets and runs are listed by: touchstone list, touchstone show --runs';
    await assert.rejects(
      checkOutRevision(app, 'nowhere', ports),
      (error) =>
        error instanceof UsageError &&
        error.message ===
          'there is no git revision nowhere, nor a target, stored run or model of that name' &&
        error.remedy === remedy,
    );
    const folder = temporaryFolder({});
    const ceiling = fixedEnvironment({
      PATH: process.env['PATH'] ?? '',
      GIT_CEILING_DIRECTORIES: path.dirname(folder),
    });
    await assert.rejects(
      checkOutRevision(folder, 'HEAD', { environment: ceiling, signal }),
      (error) =>
        error instanceof UsageError &&
        error.message ===
          'HEAD is neither a target, a stored run nor a model, and the folder is not in a git repository' &&
        error.remedy === remedy &&
        error.where?.path === folder,
    );
    write(top, 'later/a.txt', 'x');
    run('add', '--all');
    run('commit', '--quiet', '-m', 'third');
    await assert.rejects(
      checkOutRevision(path.join(top, 'later'), 'HEAD~1', ports),
      (error) =>
        error instanceof MissingFolderError &&
        error.message === 'the revision HEAD~1 does not have this folder' &&
        error.remedy === 'Choose a revision in which the workspace existed.' &&
        error.where?.path === path.join(top, 'later'),
    );
  });
});
