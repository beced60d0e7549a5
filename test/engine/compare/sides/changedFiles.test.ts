import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { changedFiles, sideText } from '../../../../src/engine/compare/sides/changedFiles.ts';
import { git } from '../../../../src/engine/compare/sides/git.ts';
import { UsageError, UserError } from '../../../../src/engine/errors.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { ports, repository, write } from './repository.ts';

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
