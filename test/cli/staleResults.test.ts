import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const CASES = 30;
const DATASET = `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${Array.from(
  { length: CASES },
  (_, at) => `  - { id: c${at}, input: x${at} }`,
).join('\n')}\n`;

const suite = (target: string, evaluators = '[{ contains: right }]') =>
  `suites:\n  s:\n    dataset: c.golden.yaml\n    targets: [${target}]\n    evaluators: ${evaluators}\n`;
const AGENT = '{ name: agent, command: [node, agent.mjs], env: { MODE: "${env:AGENT_MODE:good}" } }';
/** Says right unless what the expression reads is bad. */
const agent = (expression: string) => `
import { existsSync, readFileSync } from 'node:fs';
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : 'nothing');
process.stdout.write(JSON.stringify({ output: /bad|nothing/.test(${expression}) ? 'wrong' : 'right' }));
`;

describe('results that are not those of today', function () {
  this.timeout(120_000);
  const before = process.env['AGENT_MODE'];
  afterEach(() => {
    if (before === undefined) delete process.env['AGENT_MODE'];
    else process.env['AGENT_MODE'] = before;
  });

  function repository(files: { [file: string]: string }): string {
    const folder = temporaryFolder({ 'c.golden.yaml': DATASET, ...files });
    git(folder, 'init', '--quiet');
    commit(folder, 'A');
    return folder;
  }

  function git(folder: string, ...args: string[]): void {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
    execFileSync('git', [...identity, ...args], { cwd: folder });
  }

  function commit(folder: string, readme: string): void {
    writeFileSync(path.join(folder, 'README.md'), readme);
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '-m', readme);
  }

  async function compare(folder: string, ...argv: string[]): Promise<string> {
    const { out, err, code } = await touchstone(folder, 'compare', '--no-progress', '--trust', ...argv);
    assert.notEqual(code, 70, err);
    return out;
  }

  describe('are not compared', () => {
    it('after a change of a variable behind ${env:…}', async () => {
      const folder = repository({ 'touchstone.yaml': suite(AGENT), 'agent.mjs': agent('process.env.MODE') });
      commit(folder, 'B');
      commit(folder, 'C');
      process.env['AGENT_MODE'] = 'good';
      await compare(folder, '-b', 'HEAD~1');
      process.env['AGENT_MODE'] = 'bad';
      const out = await compare(folder, '-b', 'HEAD~2');
      assert.match(out, /0 improved, 0 degraded/);
      assert.match(out, /were not reused: the environment variable AGENT_MODE has another value/);
      process.env['AGENT_MODE'] = 'good';
      assert.match(await compare(folder, '-b', 'HEAD~1'), /60 of 60|reused \d+ results/);
    });

    it('after a change of a module that an evaluator imports', async () => {
      const folder = repository({
        'touchstone.yaml': suite('{ name: e, echo: p.prompty }', '[{ python: "file://check.py" }]'),
        'p.prompty': '---\nname: p\n---\nuser:\nSay {{input}}\n',
        'check.py': 'def get_assert(o, c):\n    import helper\n    return helper.ok\n',
        'helper.py': 'ok = True\n',
      });
      const word = (text: string) =>
        writeFileSync(path.join(folder, 'p.prompty'), `---\nname: p\n---\nuser:\n${text} {{input}}\n`);
      word('Tell');
      assert.match(await compare(folder), /0 improved, 0 degraded/);
      word('Write');
      const again = await compare(folder);
      assert.match(again, /reused \d+ results?/, again);
      word('Name');
      writeFileSync(path.join(folder, 'helper.py'), 'ok = False\n');
      const out = await compare(folder);
      assert.match(out, /0 improved, 0 degraded/);
      assert.match(
        out,
        /not reused: the evaluators or what they load are different now \(helper\.py changed\)/,
      );
    });

    const edits: {
      [what: string]: {
        reads: string;
        files: { [file: string]: string };
        prepare?(at: string): void;
        edit(at: string): void;
        /** What a program still writes just after a run is not taken for an edit. */
        pauses?: boolean;
        says: RegExp;
      };
    } = {
      'of a file of variables': {
        reads: `read('.env')`,
        files: { '.env': 'MODE=good' },
        edit: (at) => writeFileSync(path.join(at, '.env'), 'MODE=bad'),
        says: /\.env changed/,
      },
      'of data': {
        reads: `read('data.txt')`,
        files: { 'data.txt': 'good' },
        edit: (at) => writeFileSync(path.join(at, 'data.txt'), 'bad!'),
        says: /data\.txt changed/,
      },
      'by a file that is moved in place of another': {
        reads: `read('data.txt')`,
        files: { 'data.txt': 'good', 'other.txt': 'bad' },
        edit: (at) => renameSync(path.join(at, 'other.txt'), path.join(at, 'data.txt')),
        says: /data\.txt, other\.txt changed/,
      },
      'by a file that is removed': {
        reads: `read('keep.txt')`,
        files: { 'keep.txt': 'good' },
        edit: (at) => rmSync(path.join(at, 'keep.txt')),
        says: /keep\.txt changed/,
      },
      'by a folder that is renamed': {
        reads: `read('data/a.txt')`,
        files: { 'data/a.txt': 'good' },
        edit: (at) => renameSync(path.join(at, 'data'), path.join(at, 'old')),
        says: /data\/a\.txt, old\/a\.txt changed/,
      },
      'of where a linked folder leads': {
        reads: `read('now/a.txt')`,
        files: { 'v1/a.txt': 'good', 'v2/a.txt': 'bad' },
        prepare: (at) => symlinkSync('v1', path.join(at, 'now'), 'junction'),
        edit: (at) => {
          rmSync(path.join(at, 'now'));
          symlinkSync('v2', path.join(at, 'now'), 'junction');
        },
        says: /now changed/,
      },
      'of a log that it is given to read': {
        reads: `read('data/app.log')`,
        files: { 'data/app.log': 'good' },
        edit: (at) => writeFileSync(path.join(at, 'data/app.log'), 'bad'),
        pauses: true,
        says: /data\/app\.log changed/,
      },
      'of an installed package': {
        reads: `read('node_modules/x/word.txt')`,
        files: {
          '.gitignore': 'node_modules\n',
          'node_modules/.package-lock.json': '{"x":1}',
          'node_modules/x/word.txt': 'good',
        },
        edit: (at) => {
          writeFileSync(path.join(at, 'node_modules/.package-lock.json'), '{"x":2}');
          writeFileSync(path.join(at, 'node_modules/x/word.txt'), 'bad');
        },
        says: /node_modules\/ changed/,
      },
    };
    for (const [what, { reads, files, prepare, edit, pauses, says }] of Object.entries(edits))
      it(`after a change ${what}`, async () => {
        const folder = repository({ 'touchstone.yaml': suite(AGENT), 'agent.mjs': agent(reads), ...files });
        prepare?.(folder);
        writeFileSync(path.join(folder, 'README.md'), 'B');
        await compare(folder);
        assert.match(await compare(folder), /reused \d+ results?/, 'as long as nothing has changed');
        if (pauses) await new Promise((resolve) => setTimeout(resolve, 1_100));
        edit(folder);
        const out = await compare(folder);
        assert.match(out, says);
        const fresh = await compare(folder, '--fresh');
        const changes = /\d+ improved, \d+ degraded/;
        assert.equal(changes.exec(out)?.[0], changes.exec(fresh)?.[0]);
      });

    it('and reports that are written meanwhile change nothing', async () => {
      const folder = repository({ 'touchstone.yaml': suite(AGENT), 'agent.mjs': agent('"good"') });
      writeFileSync(path.join(folder, 'README.md'), 'B');
      await compare(folder, '-o', 'report.json', 'report.md');
      assert.match(await compare(folder, '-o', 'report.json', 'report.md'), /reused \d+ results?/);
      assert.match(await compare(folder), /reused \d+ results?/, 'nor do those of an earlier run');
    });

    it('and recordings, and logs that the agent writes itself, change nothing', async () => {
      const folder = repository({
        'touchstone.yaml': suite(AGENT),
        'agent.mjs': `import { appendFileSync } from 'node:fs';appendFileSync('own.log', 'x');${agent('"good"')}`,
      });
      const record = await touchstone(folder, 'eval', '--no-progress', '--record', 'rec');
      assert.equal(record.code, 0, record.err);
      assert.match(await compare(folder), /reused \d+ results?/);
      assert.match(await compare(folder), /reused \d+ results?/);
    });

    /** Whether the second comparison took results of the first over after the edit. */
    async function comparedAfter(folder: string, edit: () => void): Promise<string> {
      await compare(folder);
      assert.match(await compare(folder), /reused \d+ results?/, 'as long as nothing has changed');
      edit();
      return compare(folder);
    }

    const elsewhere: { [what: string]: { command: string; module: string } } = {
      'a module of the same repository': { command: 'node, agent.mjs', module: '../lib/said.mjs' },
      'a program of the same repository': { command: 'node, ../lib/agent.mjs', module: './said.mjs' },
    };
    for (const [what, { command, module }] of Object.entries(elsewhere))
      it(`after a change of ${what} outside the workspace`, async () => {
        const folder = temporaryFolder({
          'evals/c.golden.yaml': DATASET,
          'evals/touchstone.yaml': suite(`{ name: agent, command: [${command}] }`),
          'evals/agent.mjs': `import { said } from '${module}';process.stdout.write(JSON.stringify({ output: said }));`,
          'lib/agent.mjs': `import { said } from '${module}';process.stdout.write(JSON.stringify({ output: said }));`,
          'lib/said.mjs': `export const said = 'right';`,
        });
        git(folder, 'init', '--quiet');
        commit(folder, 'A');
        const evals = path.join(folder, 'evals');
        const out = await comparedAfter(evals, () =>
          writeFileSync(path.join(folder, 'lib/said.mjs'), `export const said = 'wrong';`),
        );
        assert.match(out, /^worse: /m);
        assert.match(out, /30 degraded/);
      });

    it('after a change of a program that is installed elsewhere', async () => {
      const file = path.join(temporaryFolder(), 'agent');
      const write = (said: string) =>
        writeFileSync(file, `#!/bin/sh\ncat >/dev/null\necho '{"output":"${said}"}'\n`, { mode: 0o755 });
      write('right');
      const folder = repository({ 'touchstone.yaml': suite(`{ name: agent, command: [${file}] }`) });
      const out = await comparedAfter(folder, () => write('wrong'));
      assert.match(out, /not reused: the program .*agent changed/);
      assert.doesNotMatch(out, /reused \d+ results?/);
    });
  });

  describe('do not go on', () => {
    const slow = (expression: string) => `
import { readFileSync, existsSync, appendFileSync } from 'node:fs';
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : 'nothing');
appendFileSync('calls', 'x');
await new Promise((resolve) => setTimeout(resolve, existsSync('go') ? 0 : 150));
process.stdout.write(JSON.stringify({ output: /bad|nothing/.test(${expression}) ? 'wrong' : 'right' }));
`;

    /** A run that was stopped in the middle. */
    async function stopped(files: { [file: string]: string }): Promise<string> {
      const folder = temporaryFolder({ 'c.golden.yaml': DATASET, calls: '', ...files });
      const { child, done } = startTouchstone(folder, 'eval', '--no-progress', '--trust', '-j', '2');
      const calls = () => readFileSync(path.join(folder, 'calls'), 'utf8').length;
      while (calls() < 5) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill('SIGINT');
      assert.equal((await done).code, 130);
      // What an agent still writes is not taken for an edit.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      writeFileSync(path.join(folder, 'go'), '');
      return folder;
    }
    const resume = (folder: string) => touchstone(folder, 'eval', '--resume', '--no-progress', '--trust');
    const whole = {
      'touchstone.yaml': suite(AGENT),
      'agent.mjs': slow(`read('data.txt')`),
      'data.txt': 'good',
    };

    it('unless nothing was changed; what agents wrote themselves does not count', async () => {
      const folder = await stopped(whole);
      const { code, out, err } = await resume(folder);
      assert.equal(code, 0, out + err);
    });

    it('with another value of a variable', async () => {
      process.env['AGENT_MODE'] = 'good';
      const folder = await stopped(whole);
      process.env['AGENT_MODE'] = 'bad';
      const { code, err } = await resume(folder);
      assert.equal(code, 2);
      assert.match(err, /cannot be resumed: the environment variable AGENT_MODE has another value/);
      const store = readdirSync(path.join(folder, '.touchstone')).map((name) =>
        readFileSync(path.join(folder, '.touchstone', name), 'latin1'),
      );
      assert.doesNotMatch(store.join(''), /"AGENT_MODE":"good"/);
    });

    it('with other data', async () => {
      const folder = await stopped(whole);
      writeFileSync(path.join(folder, 'data.txt'), 'bad');
      const { code, err } = await resume(folder);
      assert.equal(code, 2);
      assert.match(err, /cannot be resumed: data\.txt changed since/);
    });

    it('with another file of variables', async () => {
      const folder = await stopped(whole);
      writeFileSync(path.join(folder, '.env'), 'MODE=bad');
      const { code, err } = await resume(folder);
      assert.equal(code, 2);
      assert.match(err, /cannot be resumed: \.env changed for the target agent/);
    });

    it('with another module of the agent', async () => {
      const folder = await stopped({
        'touchstone.yaml': suite(AGENT),
        'agent.mjs': `import { mode } from './lib/mode.mjs';${slow('mode')}`,
        'lib/mode.mjs': `export { mode } from '../other/mode.mjs';`,
        'other/mode.mjs': `export const mode = 'good';`,
      });
      writeFileSync(path.join(folder, 'other/mode.mjs'), `export const mode = 'bad';`);
      const { code, err } = await resume(folder);
      assert.equal(code, 2);
      assert.match(err, /cannot be resumed: the target agent changed/);
    });

    it('with other evaluators, or other code that these load', async () => {
      const folder = await stopped({
        'touchstone.yaml': suite(AGENT, '[{ python: "file://checks/check.py" }]'),
        'agent.mjs': slow(`'good'`),
        'checks/check.py': 'from checks.helper import ok\ndef get_assert(o, c):\n    return ok\n',
        'checks/helper.py': 'ok = True\n',
      });
      writeFileSync(path.join(folder, 'checks/helper.py'), 'ok = False\n');
      const changed = await resume(folder);
      assert.equal(changed.code, 2);
      assert.match(changed.err, /cannot be resumed: the evaluators, what they load/);
      writeFileSync(path.join(folder, 'checks/helper.py'), 'ok = True\n');
      writeFileSync(path.join(folder, 'touchstone.yaml'), suite(AGENT, '[{ contains: right }]'));
      const others = await resume(folder);
      assert.equal(others.code, 2);
      assert.match(others.err, /cannot be resumed: the evaluators/);
    });
  });

  it('are not replayed with another value of a variable; without one they are', async () => {
    const folder = temporaryFolder({
      'c.golden.yaml': DATASET,
      'touchstone.yaml': suite(AGENT),
      'agent.mjs': agent('process.env.MODE'),
    });
    const replay = () => touchstone(folder, 'eval', '--no-progress', '--replay', 'rec');
    process.env['AGENT_MODE'] = 'good';
    assert.equal((await touchstone(folder, 'eval', '--no-progress', '--record', 'rec')).code, 0);
    assert.equal((await replay()).code, 0);
    process.env['AGENT_MODE'] = 'bad';
    const other = await replay();
    assert.equal(other.code, 1);
    assert.match(other.out, /recorded with another value of AGENT_MODE/);
    delete process.env['AGENT_MODE'];
    assert.equal((await replay()).code, 0);
  });

  it('are not replayed after an edit of a module beside the program, in the folder it runs in', async () => {
    const folder = temporaryFolder({
      'c.golden.yaml': DATASET,
      'touchstone.yaml': suite('{ name: agent, command: [node, main.mjs], cwd: program }'),
      'program/main.mjs': `import { said } from './lib.mjs';process.stdout.write(JSON.stringify({ output: said }));`,
      'program/lib.mjs': `export const said = 'right';`,
    });
    assert.equal((await touchstone(folder, 'eval', '--no-progress', '--record', 'rec')).code, 0);
    assert.equal((await touchstone(folder, 'eval', '--no-progress', '--replay', 'rec')).code, 0);
    writeFileSync(path.join(folder, 'program/lib.mjs'), `export const said = 'wrong';`);
    const { code, out } = await touchstone(folder, 'eval', '--no-progress', '--replay', 'rec');
    assert.equal(code, 1);
    assert.match(out, /not recorded|not-recorded/i);
  });
});
