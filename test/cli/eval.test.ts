import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - id: good
    input: the refund is on its way
    tags: [critical]
  - id: bad
    input: nothing of the kind
`;

function config(more = ''): string {
  return `suites:
  echo:
    dataset: cases.golden.yaml
    targets: [{ name: echo, echo: true }]
    evaluators: [{ contains: refund }]
${more}`;
}

/** Says back its input and writes a line into `calls.txt`; the case `slow` hangs until there is a file `go`. */
const AGENT = `import { appendFileSync, existsSync } from 'node:fs';
let text = '';
for await (const chunk of process.stdin) text += chunk;
const request = JSON.parse(text);
appendFileSync('calls.txt', request.case_id + '\\n');
if (request.case_id === 'slow' && !existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 600000));
console.log(JSON.stringify({ output: String(request.input) }));
`;

describe('touchstone eval', () => {
  function workspace(files: { [file: string]: string }): string {
    const folder = temporaryFolder(files);
    return folder;
  }

  it('ends with 1 when a case fails, and shows expected and actual', async () => {
    const folder = workspace({ 'touchstone.yaml': config(), 'cases.golden.yaml': DATASET });
    const { code, out } = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(code, 1);
    assert.match(out, /✗ failed {2}bad {2}echo/);
    assert.match(out, /actual +nothing of the kind/);
    assert.match(out, /why +contains \(heuristic\): /);
    assert.match(out, /failed: 1 passed, 1 failed, 0 errored/);
  });

  it('ends with 0 when the gate holds and with 1 when it does not', async () => {
    const files = {
      'touchstone.yaml': config('    gate: { min_pass_rate: 0.5 }\n'),
      'cases.golden.yaml': DATASET,
    };
    const folder = workspace(files);
    assert.equal((await touchstone(folder, 'eval')).code, 0);
    writeFileSync(path.join(folder, 'touchstone.yaml'), config('    gate: { min_pass_rate: 0.6 }\n'));
    const { code, out } = await touchstone(folder, 'eval');
    assert.equal(code, 1);
    assert.match(out, /✗ fail +min_pass_rate: pass rate 50\.0 %, required at least 60 %/);
  });

  it('ends with 2 for a mistake in the configuration, with its place', async () => {
    const folder = workspace({ 'touchstone.yaml': config('    repeet: 3\n'), 'cases.golden.yaml': DATASET });
    const { code, err } = await touchstone(folder, 'eval');
    assert.equal(code, 2);
    assert.match(err, /touchstone\.yaml:6:5/);
    assert.match(err, /repeat/);
  });

  it('ends with 2 for a wrong option and an unknown suite, a filter without cases and a bad report name', async () => {
    const folder = workspace({ 'touchstone.yaml': config(), 'cases.golden.yaml': DATASET });
    for (const argv of [
      ['--repeat', '0'],
      ['--nonsense'],
      ['--suite', 'other'],
      ['--filter', 'no-such-case'],
      ['-o', 'report.docx'],
      ['--config', 'missing.yaml'],
    ]) {
      const { code } = await touchstone(folder, 'eval', ...argv);
      assert.equal(code, 2, argv.join(' '));
    }
  });

  it('chooses cases by name and tag, and repeats them', async () => {
    const folder = workspace({ 'touchstone.yaml': config(), 'cases.golden.yaml': DATASET });
    const { code, out } = await touchstone(folder, 'eval', '--tag', 'critical', '--repeat', '3');
    assert.equal(code, 0);
    assert.match(out, /1 case × 3 trials each/);
    assert.equal((await touchstone(folder, 'eval', '--filter', 'go*')).code, 0);
    assert.equal((await touchstone(folder, 'eval', '--filter', 'bad')).code, 1);
  });

  it('names the tags that there are where none of those asked for is, and the trial that failed', async () => {
    const folder = workspace({ 'touchstone.yaml': config(), 'cases.golden.yaml': DATASET });
    const none = await touchstone(folder, 'eval', '--tag', 'criticl');
    assert.equal(none.code, 2);
    assert.match(none.err, /no case of the dataset matches the filter \(tags criticl\)/);
    assert.match(none.err, /It has the tags critical\./);
    const { out } = await touchstone(folder, 'eval', '--filter', 'bad', '--repeat', '2');
    assert.match(out, /failed {2}bad {2}echo {2}trial 1 of 2/);
  });

  it('writes the same report bytes for the same run, apart from its identity and times', async () => {
    const folder = workspace({ 'touchstone.yaml': config(), 'cases.golden.yaml': DATASET });
    const stable = (file: string): string =>
      readFileSync(path.join(folder, file), 'utf8').replaceAll(
        /"(id|created_at|elapsed_ms|latency_ms|started_at|trace_id)": ?("[^"]*"|[\d.]+|\{[^}]*\})/g,
        '"$1":0',
      );
    await touchstone(folder, 'eval', '-o', 'a.json');
    await touchstone(folder, 'eval', '-o', 'b.json');
    assert.equal(stable('a.json'), stable('b.json'));
    const report = JSON.parse(readFileSync(path.join(folder, 'a.json'), 'utf8'));
    assert.equal(report.format, 'touchstone-report');
    assert.deepEqual(
      report.runs[0].results.map((result: { case_id: string; status: string }) => [
        result.case_id,
        result.status,
      ]),
      [
        ['good', 'passed'],
        ['bad', 'failed'],
      ],
    );
  });

  it('neutralises what a terminal would obey in an output', async () => {
    const dataset = DATASET.replace('nothing of the kind', '"\\e]0;owned\\a\\e[2Jred \\u202Etxet"');
    const folder = workspace({ 'touchstone.yaml': config(), 'cases.golden.yaml': dataset });
    const { out } = await touchstone(folder, 'eval');
    assert.doesNotMatch(out, /[\u0007\u001b\u202e]/);
    assert.match(out, /␛\]0;owned␇␛\[2Jred <U\+202E>txet/);
  });

  it('runs a folder with one prompt and one dataset without any configuration', async () => {
    const folder = workspace({
      'answer.prompty': '---\nname: answer\n---\nuser:\n{{input}}\n',
      'cases.golden.yaml': DATASET,
    });
    const { code, err } = await touchstone(folder, 'eval');
    assert.equal(code, 2);
    assert.match(err, /names no model/);
    const listed = await touchstone(folder, 'list');
    assert.match(listed.out, /answer\.prompty/);
    assert.equal(existsSync(path.join(folder, '.touchstone', '.gitignore')), true);
  });

  describe('as a process', function () {
    this.timeout(60_000);

    const files = {
      'agent.mjs': AGENT,
      'touchstone.yaml': config().replace(
        '{ name: echo, echo: true }',
        '{ name: agent, command: [node, agent.mjs] }',
      ),
      'cases.golden.yaml': DATASET.replace(
        '  - id: bad\n    input: nothing of the kind',
        '  - id: slow\n    input: a refund',
      ),
    };

    function callsIn(folder: string): string[] {
      return readFileSync(path.join(folder, 'calls.txt'), 'utf8').trim().split('\n');
    }

    /** Resolves when the agent was called for a case. */
    async function called(folder: string, caseId: string): Promise<void> {
      const file = path.join(folder, 'calls.txt');
      while (!(existsSync(file) && readFileSync(file, 'utf8').includes(caseId)))
        await new Promise((resolve) => setTimeout(resolve, 20));
    }

    it('ends with 130 on Ctrl-C, keeps what came in, and resumes only what is missing', async () => {
      const folder = workspace(files);
      const { done, kill } = startTouchstone(folder, 'eval', '--max-concurrency', '1');
      await called(folder, 'slow');
      kill('SIGINT');
      const { code, err } = await done;
      assert.equal(code, 130, err);
      const id = /touchstone eval --resume (\S+)/.exec(err)?.[1] ?? '';
      writeFileSync(path.join(folder, 'go'), '');
      const resumed = await touchstone(folder, 'eval', '--resume', id);
      assert.equal(resumed.code, 0, resumed.err);
      assert.deepEqual(callsIn(folder), ['good', 'slow', 'slow']);
    });

    it('resumes by the run’s id alone: suite, filter and repeat are those it was begun with', async () => {
      const folder = workspace({
        ...files,
        'touchstone.yaml': `${files['touchstone.yaml']}  other:\n    dataset: cases.golden.yaml\n    targets: [{ echo: true }]\n`,
      });
      const { done, kill } = startTouchstone(
        folder,
        'eval',
        '-s',
        'echo',
        '-r',
        '2',
        '-f',
        'slow',
        '-j',
        '1',
      );
      await called(folder, 'slow');
      kill('SIGINT');
      await done;
      writeFileSync(path.join(folder, 'go'), '');
      const { code, out } = await touchstone(folder, 'eval', '--resume');
      assert.equal(code, 0, out);
      assert.match(out, /1 case × 2 trials each/);
    });

    it('says of a workspace that stores no evaluation that there is none to resume', async () => {
      const folder = workspace({ 'touchstone.yaml': config(), 'cases.golden.yaml': DATASET });

      const none = await touchstone(folder, 'eval', '--resume');
      assert.equal(none.code, 2);
      assert.match(none.err, /there is no evaluation to resume: none is stored/);

      await touchstone(folder, 'eval');
      const complete = await touchstone(folder, 'eval', '--resume');
      assert.match(complete.err, /there is no evaluation to resume: all that are stored are complete/);
    });

    it('refuses to resume when the dataset or the agent changed, and says what', async () => {
      const folder = workspace(files);
      const { done, kill } = startTouchstone(folder, 'eval', '--max-concurrency', '1');
      await called(folder, 'slow');
      kill('SIGINT');
      await done;
      writeFileSync(
        path.join(folder, 'cases.golden.yaml'),
        files['cases.golden.yaml'].replace('way', 'street'),
      );
      const dataset = await touchstone(folder, 'eval', '--resume');
      assert.equal(dataset.code, 2);
      assert.match(dataset.err, /cannot be resumed: the dataset cases\.golden\.yaml changed/);
      writeFileSync(path.join(folder, 'cases.golden.yaml'), files['cases.golden.yaml']);
      writeFileSync(path.join(folder, 'agent.mjs'), `${AGENT}\n// another version\n`);
      const agent = await touchstone(folder, 'eval', '--resume');
      assert.match(agent.err, /the target agent changed/);
    });

    it('survives SIGKILL: the next start runs only what is missing', async () => {
      const folder = workspace(files);
      const { done, kill, child } = startTouchstone(folder, 'eval', '--max-concurrency', '1');
      await called(folder, 'slow');
      kill('SIGKILL');
      await done;
      assert.equal(child.signalCode, 'SIGKILL');
      writeFileSync(path.join(folder, 'go'), '');
      const { code, out } = await touchstone(folder, 'eval', '--resume');
      assert.equal(code, 0, out);
      assert.deepEqual(callsIn(folder), ['good', 'slow', 'slow']);
    });

    it('is one process whose exit code is the verdict', async () => {
      const folder = workspace({ 'touchstone.yaml': config(), 'cases.golden.yaml': DATASET });
      const { done, child } = startTouchstone(folder, 'eval');
      await once(child, 'close');
      assert.equal((await done).code, 1);
    });
  });
});
