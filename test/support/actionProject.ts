import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ActionOptions, type ActionRun, runAction } from './actionRunner.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const root = path.join(import.meta.dirname, '..', '..');
const ACTION = path.join(root, 'action.yml');
const PACKAGE = '@touchstone-evals/touchstone';

/** What the project's agent answers to pass, and to fail. */
export const GOOD = 'You have 30 days.';
export const BAD = 'No idea.';

/** Counts its calls, and costs a cent each. */
const AGENT = `import { appendFileSync } from 'node:fs';
import { answer } from './answer.mjs';
appendFileSync(process.env.CALLS, '.');
console.log(JSON.stringify({ output: answer, cost_usd: 0.01 }));
`;

const SUITE = `suites:
  support:
    dataset: support.golden.yaml
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

/** A `gh` that keeps the comments of a pull request in a file. */
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

/** Why workflows cannot be tried on this machine; undefined when they can. */
export function whyNoActions(): string | undefined {
  if (process.platform === 'win32') return 'the stand-in for gh is a script with a shebang';
  return spawnSync('bash', ['-c', 'git --version']).status === 0
    ? undefined
    : 'bash and git are not installed';
}

/** A folder for projects, and with it their tools. */
export function projectFolder(): { project(): ActionProject; dispose(): void } {
  const folder = temporaryFolder();
  const gh = path.join(folder, 'bin', 'gh');
  mkdirSync(path.dirname(gh));
  writeFileSync(gh, GH);
  chmodSync(gh, 0o755);
  if (!existsSync(path.join(root, 'dist', 'cli.js')))
    execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root });
  let count = 0;
  return {
    project: () => new ActionProject(folder, String(++count)),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A clone whose branch `main` has no suite; its checked out commits are those of pull request 7. */
export class ActionProject {
  readonly cwd: string;
  readonly #tools: string;
  readonly #calls: string;
  readonly #comments: string;

  constructor(folder: string, name: string) {
    this.cwd = path.join(folder, name);
    this.#tools = path.join(folder, 'bin');
    this.#calls = path.join(folder, `${name}.calls`);
    this.#comments = path.join(folder, `${name}.comments`);
    writeFileSync(this.#calls, '');
    writeFileSync(this.#comments, '[]');

    const origin = `${this.cwd}.git`;
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', origin]);
    execFileSync('git', ['clone', '--quiet', origin, this.cwd], { stdio: 'ignore' });
    this.git('config', 'user.name', 'Test');
    this.git('config', 'user.email', 'test@example.com');
    this.git('checkout', '--quiet', '-B', 'main');
    this.write({ 'README.md': 'A project.\n' });
    this.git('push', '--quiet', 'origin', 'main');
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

  /** With a suite of 20 cases, and an agent that gives all of them this answer. */
  answering(answer: string): this {
    return this.write({
      'touchstone.yaml': SUITE,
      'support.golden.yaml': DATASET,
      'agent.mjs': AGENT,
      'answer.mjs': `export const answer = ${JSON.stringify(answer)};\n`,
      '.gitignore': '.touchstone/\ntouchstone-reports/\nrecordings/\nnode_modules/\n',
    });
  }

  /** As `npm ci` leaves a project that depends on Touchstone. */
  withOwnTouchstone(): this {
    const [entry, bin] = [path.join(root, 'dist', 'cli.js'), path.join(this.cwd, 'node_modules', '.bin')];
    const own = path.join(this.cwd, 'node_modules', PACKAGE, 'dist', 'cli.js');
    for (const folder of [bin, path.dirname(own)]) mkdirSync(folder, { recursive: true });
    const program = `#!/usr/bin/env node\nimport ${JSON.stringify(entry)};\n`;
    writeFileSync(own, program);
    writeFileSync(path.join(this.cwd, 'node_modules', PACKAGE, 'package.json'), '{ "type": "module" }\n');
    writeFileSync(path.join(bin, 'touchstone'), `#!/bin/sh\nexec node ${JSON.stringify(entry)} "$@"\n`);
    for (const file of [own, path.join(bin, 'touchstone')]) chmodSync(file, 0o755);
    return this;
  }

  callCount(): number {
    return readFileSync(this.#calls, 'utf8').length;
  }

  /** The comments on the pull request. */
  bodies(): string[] {
    const kept = JSON.parse(readFileSync(this.#comments, 'utf8')) as { body: string }[];
    return kept.map(({ body }) => body);
  }

  /** Runs the action for the pull request, which comes from the repository `from`. */
  pullRequest(inputs: { [name: string]: string } = {}, from?: string): ActionRun {
    return runAction(ACTION, { ...this.runner(from), inputs });
  }

  /** What a runner knows of the pull request. */
  runner(from = 'owner/project'): ActionOptions {
    return {
      cwd: this.cwd,
      github: {
        event_name: 'pull_request',
        event: { pull_request: { number: 7, head: { repo: { full_name: from } } } },
        repository: 'owner/project',
        workflow: 'evaluation',
        job: 'evaluate',
        base_ref: 'main',
        ref: 'refs/pull/7/merge',
        run_id: '1',
        run_attempt: '1',
        token: 'secret',
      },
      environment: {
        CALLS: this.#calls,
        COMMENTS: this.#comments,
        PATH: `${this.#tools}${path.delimiter}${process.env['PATH']}`,
      },
    };
  }
}
