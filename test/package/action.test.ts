import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { BAD, GOOD, projectFolder, whyNoActions } from '../support/actionProject.ts';
import { skip } from '../support/skip.ts';

describe('the GitHub action', function () {
  this.timeout(180_000);
  let folder: ReturnType<typeof projectFolder>;

  before(function () {
    const missing = whyNoActions();
    if (missing !== undefined) skip(this, missing);
    folder = projectFolder();
  });
  after(() => folder?.dispose());

  it('passes with the gate, and reports in a comment, the summary and an artifact', () => {
    const repository = folder.project().answering(GOOD);
    const run = repository.pullRequest();
    assert.equal(run.failed, false, run.log);
    assert.equal(run.outputs['run']?.outputs['exit-code'], '0');
    assert.match(run.summary, /gate passed/i);
    const [comment = '', ...others] = repository.bodies();
    assert.match(
      comment,
      /^<!-- touchstone-action: evaluation evaluate eval {2}-->\n<!-- touchstone-report -->/,
    );
    assert.deepEqual(others, []);
    assert.deepEqual(run.used['Keep the reports'], {
      name: 'touchstone-evaluate',
      path: 'touchstone-reports',
      'if-no-files-found': 'ignore',
    });
    for (const file of ['eval.md', 'eval.junit.xml', 'eval.json', 'eval.html'])
      assert.ok(existsSync(path.join(repository.cwd, 'touchstone-reports', file)), file);
  });

  it('fails with the gate, and keeps its one comment up to date', () => {
    const repository = folder.project().answering(BAD);
    const red = repository.pullRequest();
    assert.equal(red.failed, true);
    assert.deepEqual(red.steps.slice(-4), [
      'Run',
      'Comment on the pull request',
      'Keep the reports',
      'Keep results and recordings',
    ]);
    assert.match(repository.bodies().join(), /gate failed/i);

    repository.write({ 'answer.mjs': `export const answer = ${JSON.stringify(GOOD)};\n` });
    assert.equal(repository.pullRequest().failed, false);
    assert.equal(repository.bodies().length, 1);
    assert.match(repository.bodies().join(), /gate passed/i);
  });

  it('only reports a failed gate where it is told to, but never lets an error pass', () => {
    const repository = folder.project().answering(BAD);
    const run = repository.pullRequest({ fail: 'false', comment: 'false' });
    assert.deepEqual([run.failed, run.outputs['run']?.outputs['exit-code']], [false, '1']);
    assert.deepEqual(repository.bodies(), []);
    repository.write({ 'touchstone.yaml': 'suites: 3\n' });
    const broken = repository.pullRequest({ fail: 'false' });
    assert.deepEqual([broken.failed, broken.outputs['run']?.outputs['exit-code']], [true, '2']);
  });

  it('compares with the base branch; the first pull request, which adds the suite, is evaluated alone', () => {
    const repository = folder.project().answering(GOOD);
    const first = repository.pullRequest({ mode: 'compare' });
    assert.equal(first.failed, false, first.log);

    repository.git('push', '--quiet', 'origin', 'HEAD:main');
    repository.answering(BAD);
    const worse = repository.pullRequest({ mode: 'compare', suite: 'support' });
    assert.equal(worse.failed, true, worse.log);
    assert.match(repository.bodies().at(-1) ?? '', /worse/i);
  });

  it('evaluates a pull request from a fork with the recordings, calls nothing and does not comment', () => {
    const repository = folder.project().answering(GOOD);
    assert.equal(repository.pullRequest({ recordings: 'recordings', comment: 'false' }).failed, false);
    assert.equal(repository.callCount(), 20);

    for (const mode of ['eval', 'compare']) {
      const run = repository.pullRequest({ recordings: 'recordings', mode }, 'stranger/project');
      assert.equal(run.failed, false, run.log);
      assert.match(run.summary, /gate passed/i);
    }
    assert.deepEqual([repository.callCount(), repository.bodies()], [20, []]);
  });

  it('goes on with what a limit or an interruption left, and pays for nothing twice', () => {
    const repository = folder.project().answering(GOOD);
    const limited = repository.pullRequest({
      suite: 'support',
      recordings: 'recordings',
      'max-cost': '0.05',
    });
    assert.equal(limited.failed, true);
    assert.ok(repository.callCount() < 20, `${repository.callCount()} calls`);

    const rest = repository.pullRequest({ suite: 'support', recordings: 'recordings', 'max-cost': '1' });
    assert.equal(rest.failed, false, rest.log);
    assert.equal(repository.callCount(), 20);
    const replayed = repository.pullRequest({ recordings: 'recordings' }, 'stranger/project');
    assert.equal(replayed.failed, false, 'the rest was recorded as well');
  });

  it('refuses a mode that it does not have', () => {
    const run = folder.project().answering(GOOD).pullRequest({ mode: 'test' });
    assert.equal(run.failed, true);
    assert.match(run.log, /::error::The input "mode" is eval or compare, not "test"\./);
  });
});
