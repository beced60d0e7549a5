import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { checkOutRevision, MissingFolderError } from '../../../../src/engine/compare/sides/revision.ts';
import { UsageError } from '../../../../src/engine/errors.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { ports, repository, write } from './repository.ts';

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
    const link = path.join(temporaryFolder({}), 'linked');
    symlinkSync(top, link, 'junction');
    const linked = await checkOutRevision(link, 'HEAD~1', ports);
    assert.equal(path.basename(linked.root), 'linked', 'its suite may be called after the folder');
    linked.remove();
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
      checkOutRevision(folder, 'HEAD', { ...ports, environment: ceiling }),
      (error) =>
        error instanceof UsageError &&
        error.message ===
          'HEAD is neither a target, a stored run nor a model, and the folder is not in a git repository' &&
        error.remedy === remedy &&
        error.where?.path === folder,
    );
    await assert.rejects(
      checkOutRevision(app, '--since=yesterday', ports),
      /^UsageError: there is no git rev/,
    );
    write(top, 'later/a.txt', 'x');
    write(top, 'later/node_modules/a/index.js', 'a');
    run('add', '--all');
    run('commit', '--quiet', '-m', 'third');
    await isMissing(path.join(top, 'later'), 'HEAD~1');
  });

  it('are missing where the folder was a file then, or nothing was there at all', async () => {
    const { top, run } = repository();
    run('commit', '--quiet', '--allow-empty', '-m', 'third');
    run('rm', '-r', '--quiet', 'app', 'lib');
    write(top, 'app', 'a file');
    run('add', '--all');
    run('commit', '--quiet', '-m', 'fourth');
    rmSync(path.join(top, 'app'));
    write(top, 'app/a.txt', 'x');
    await isMissing(path.join(top, 'app'), 'HEAD');
    run('rm', '-r', '--quiet', '--cached', 'app');
    run('commit', '--quiet', '-m', 'empty');
    await isMissing(top, 'HEAD');
  });

  it('are of a folder in folders, with its own packages where these are kept in git', async () => {
    const { top, run } = repository();
    const deep = path.join(top, 'index/of/app');
    write(deep, 'a.txt', 'then');
    write(deep, 'node_modules/b/index.js', 'then');
    write(top, 'node_modules/a/index.js', 'now');
    run('add', 'index');
    run('commit', '--quiet', '-m', 'third');
    for (const name of ['a.txt', 'node_modules/b/index.js']) write(deep, name, 'now');
    const files = await checkOutRevision(deep, 'HEAD', ports);
    const read = (name: string) => readFileSync(path.join(files.root, name), 'utf8');
    assert.deepEqual(['a.txt', 'node_modules/b/index.js'].map(read), ['then', 'then']);
    assert.equal(read('../../../node_modules/a/index.js'), 'now');
    files.remove();
  });

  it('may be in a repository that is called like an index', async () => {
    const { top } = repository();
    const folder = path.join(top, 'elsewhere/index');
    mkdirSync(folder, { recursive: true });
    const run = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder });
    run('init', '--quiet');
    write(folder, 'app/a.txt', 'a');
    run('add', '--all');
    run('-c', 'commit.gpgsign=false', 'commit', '--quiet', '-m', 'first');
    const files = await checkOutRevision(path.join(folder, 'app'), 'HEAD', ports);
    assert.equal(readFileSync(path.join(files.root, 'a.txt'), 'utf8'), 'a');
    files.remove();
  });

  it('are fetched from elsewhere in the workspace, and nowhere beside it', async () => {
    const { top, app, run } = repository();
    write(top, '.gitattributes', '*.bin filter=lfs\n');
    for (const folder of ['app', 'lib']) write(top, `${folder}/x.bin`, 'pointer');
    run('add', '--all');
    run('commit', '--quiet', '-m', 'third');
    run('config', 'filter.lfs.smudge', 'tr a-z A-Z');
    run('config', 'filter.lfs.required', 'true');
    const texts = async () => {
      const files = await checkOutRevision(app, 'HEAD', ports);
      const found = ['x.bin', '../lib/x.bin'].map((name) =>
        readFileSync(path.join(files.root, name), 'utf8'),
      );
      files.remove();
      return found;
    };
    assert.deepEqual(await texts(), ['POINTER', 'pointer']);
    run('config', 'filter.lfs.smudge', `echo "$GIT_INDEX_FILE" >> '${top}/.git/asked'; cat`);
    await texts();
    const asked = readFileSync(path.join(top, '.git/asked'), 'utf8').split('\n');
    assert.equal(asked.filter((index) => index !== '').length, 1, 'written once, for the workspace');
  });

  it('are those of the workspace alone in a repository of very many', async () => {
    const { top, app, run } = repository();
    write(app, 'node_modules/b/index.js', 'b');
    const blob = run('hash-object', '-w', 'app/kept.txt');
    const entries = Array.from({ length: 20_001 }, (_, at) => `100644 ${blob}\tmany/${at}\n`);
    execFileSync('git', ['update-index', '--index-info'], { cwd: top, input: entries.join('') });
    run('commit', '--quiet', '-m', 'third');
    const files = await checkOutRevision(app, 'HEAD', ports);
    assert.deepEqual(readdirSync(files.root).sort(), ['kept.txt', 'new.txt', 'node_modules']);
    assert.deepEqual(readdirSync(path.dirname(files.root)).sort(), ['.git', 'app']);
    files.remove();
  });

  it('come with the rest of a repository, however long its names are', async () => {
    const { top, app, run } = repository();
    for (let at = 100; at < 220; at += 1) write(top, `lib/${'x'.repeat(200)}${at}`, '');
    run('add', '--all');
    run('commit', '--quiet', '-m', 'third');
    const files = await checkOutRevision(app, 'HEAD', ports);
    assert.equal(readdirSync(path.join(files.root, '../lib')).length, 121);
    files.remove();
  });

  async function isMissing(folder: string, revision: string): Promise<void> {
    const scratch = temporaryFolder({});
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = scratch;
    try {
      await assert.rejects(
        checkOutRevision(folder, revision, ports),
        (error) =>
          error instanceof MissingFolderError &&
          error.message === `the revision ${revision} does not have this folder` &&
          error.remedy === 'Choose a revision in which the workspace existed.' &&
          error.where?.path === folder,
      );
      assert.deepEqual(readdirSync(scratch), []);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
  }
});
