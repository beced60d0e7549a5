import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { type ActionRun, runAction } from '../support/actionRunner.ts';
import { skip } from '../support/skip.ts';
import { root } from './packFolder.ts';

const action = path.join(root, 'action.yml');

const GOOD = 'You have 30 days.';
const BAD = 'No idea.';

/** An agent that counts its calls, and costs a cent each. */
const AGENT = `import { appendFileSync } from 'node:fs';
import { answer } from './answer.mjs';
appendFileSync(process.env.CALLS, '.');
console.log(JSON.stringify({ output: answer, cost_usd: 0.01 }));
`;

const SUITE = `suites:
  policy:
    dataset: policy.golden.yaml
    targets: [{ name: agent, command: [node, agent.mjs], env: { CALLS: "\${env:CALLS}" } }]
    evaluators: [{ contains: 30 days }]
    max_concurrency: 1
    gate: { min_pass_rate: 0.9 }
`;

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
${Array.from({ length: 20 }, (_, index) => `  - { id: case-${index}, input: question ${index} }`).join('\n')}
`;

/** A \`gh\` that keeps the comments of a pull request in a file. */
const GH = `#!/usr/bin/env node
const fs = require('fs');
const args = process.argv.slice(2);
const file = process.env.COMMENTS;
const comments = JSON.parse(fs.readFileSync(file, 'utf8'));
const field = args.find((arg) => arg.startsWith('body=@'));
const url = args.find((arg) => arg.startsWith('repos/'));
if (!field) {
  for (const { id, body } of comments) if (body.startsWith(process.env.MARKER)) console.log(id);
} else {
  const body = fs.readFileSync(field.slice('body=@'.length), 'utf8');
  if (args.includes('PATCH')) comments.find(({ id }) => id === Number(url.split('/').at(-1))).body = body;
  else comments.push({ id: comments.length + 1, body });
  fs.writeFileSync(file, JSON.stringify(comments));
}
`;

describe('the GitHub action', function () {
  this.timeout(180_000);
  let folder: string;
  let count = 0;

  before(function () {
    if (spawnSync('bash', ['-c', 'git --version']).status !== 0) skip(this, 'bash and git are not installed');
    if (process.platform === 'win32') skip(this, 'the stand-in for gh is a script with a shebang');
    if (!existsSync(path.join(root, 'dist', 'cli.js')))
      execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root });
    folder = mkdtempSync(path.join(os.tmpdir(), 'touchstone-action-test-'));
    mkdirSync(path.join(folder, 'bin'));
    writeFileSync(path.join(folder, 'bin', 'gh'), GH);
    chmodSync(path.join(folder, 'bin', 'gh'), 0o755);
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** A clone whose branch `main` has no suite, and whose checked out pull request adds one. */
  class Repository {
    readonly cwd = path.join(folder, `clone-${count}`);
    readonly calls = path.join(folder, `calls-${count}`);
    readonly comments = path.join(folder, `comments-${count++}`);

    constructor() {
      const origin = `${this.cwd}.git`;
      execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', origin]);
      execFileSync('git', ['clone', '--quiet', origin, this.cwd], { stdio: 'ignore' });
      this.git('config', 'user.name', 'Test');
      this.git('config', 'user.email', 'test@example.com');
      this.git('checkout', '--quiet', '-B', 'main');
      this.write({ 'README.md': 'A project.\n' });
      this.git('push', '--quiet', 'origin', 'main');
      writeFileSync(this.calls, '');
      writeFileSync(this.comments, '[]');
    }

    git(...args: string[]): void {
      execFileSync('git', args, { cwd: this.cwd, stdio: 'ignore' });
    }

    /** Writes and commits. */
    write(files: { [file: string]: string }): this {
      for (const [file, text] of Object.entries(files)) writeFileSync(path.join(this.cwd, file), text);
      this.git('add', '.');
      this.git('commit', '--quiet', '--message', 'change');
      return this;
    }

    answering(answer: string): this {
      return this.write({
        'touchstone.yaml': SUITE,
        'policy.golden.yaml': DATASET,
        'agent.mjs': AGENT,
        'answer.mjs': `export const answer = ${JSON.stringify(answer)};\n`,
        '.gitignore': '.touchstone/\ntouchstone-reports/\nrecordings/\n',
      });
    }

    callCount(): number {
      return readFileSync(this.calls, 'utf8').length;
    }

    bodies(): string[] {
      const kept = JSON.parse(readFileSync(this.comments, 'utf8')) as { body: string }[];
      return kept.map(({ body }) => body);
    }

    pullRequest(inputs: { [name: string]: string } = {}, from = 'owner/project'): ActionRun {
      const event = { pull_request: { number: 7, head: { repo: { full_name: from } } } };
      const github = {
        event_name: 'pull_request',
        event,
        repository: 'owner/project',
        workflow: 'evaluation',
        job: 'evaluate',
        base_ref: 'main',
        ref: 'refs/pull/7/merge',
        run_id: '1',
        run_attempt: '1',
        token: 'secret',
      };
      const environment = {
        CALLS: this.calls,
        COMMENTS: this.comments,
        PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env['PATH']}`,
      };
      return runAction(action, { cwd: this.cwd, inputs, github, environment });
    }
  }

  it('passes with the gate, and reports in a comment, the summary and an artifact', () => {
    const repository = new Repository().answering(GOOD);
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
    const repository = new Repository().answering(BAD);
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
    const repository = new Repository().answering(BAD);
    const run = repository.pullRequest({ fail: 'false', comment: 'false' });
    assert.deepEqual([run.failed, run.outputs['run']?.outputs['exit-code']], [false, '1']);
    assert.deepEqual(repository.bodies(), []);
    repository.write({ 'touchstone.yaml': 'suites: 3\n' });
    const broken = repository.pullRequest({ fail: 'false' });
    assert.deepEqual([broken.failed, broken.outputs['run']?.outputs['exit-code']], [true, '2']);
  });

  it('compares with the base branch; the first pull request, which adds the suite, is evaluated alone', () => {
    const repository = new Repository().answering(GOOD);
    const first = repository.pullRequest({ mode: 'compare' });
    assert.equal(first.failed, false, first.log);

    repository.git('push', '--quiet', 'origin', 'HEAD:main');
    repository.answering(BAD);
    const worse = repository.pullRequest({ mode: 'compare', suite: 'policy' });
    assert.equal(worse.failed, true, worse.log);
    assert.match(repository.bodies().at(-1) ?? '', /worse/i);
  });

  it('evaluates a pull request from a fork with the recordings, calls nothing and does not comment', () => {
    const repository = new Repository().answering(GOOD);
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
    const repository = new Repository().answering(GOOD);
    const limited = repository.pullRequest({ suite: 'policy', 'max-cost': '0.05' });
    assert.equal(limited.failed, true);
    assert.ok(repository.callCount() < 20, `${repository.callCount()} calls`);

    const rest = repository.pullRequest({ suite: 'policy', 'max-cost': '1' });
    assert.equal(rest.failed, false, rest.log);
    assert.equal(repository.callCount(), 20);
  });

  it('refuses a mode that it does not have', () => {
    const run = new Repository().answering(GOOD).pullRequest({ mode: 'test' });
    assert.equal(run.failed, true);
    assert.match(run.log, /::error::The input "mode" is eval or compare, not "test"\./);
  });
});
