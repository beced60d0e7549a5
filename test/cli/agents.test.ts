import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const CASES = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: one, input: first, expected_output: { tool_calls: [ { name: lookup, arguments: { id: A1 } } ] } }
  - { id: two, input: second }
  - { id: three, input: third }
`;

/** Notes when it begins and ends. */
const COUNTING = `
import { appendFileSync } from 'node:fs';
appendFileSync('log', '+');
setTimeout(() => { appendFileSync('log', '-'); console.log(JSON.stringify({ output: 'fine' })); }, 60);
`;

/** Prints what a command line of a coding agent does, after a line of its own. */
const FOREIGN = `
console.log('Loading extensions');
console.log(JSON.stringify({
  result: 'You said ' + process.argv[2], model: 'my-model',
  tool_calls: [{ function: { name: 'lookup', arguments: { id: 'A1' } } }],
  usage: { prompt_tokens: 1000, completion_tokens: 100 },
}));
process.exitCode = 1;
`;

describe('agents as targets', function () {
  this.timeout(60_000);

  function workspace(suite: string): string {
    const folder = temporaryFolder({
      'touchstone.yaml': `providers:
  mine: { base_url: "http://127.0.0.1:9/v1", prices: { my-model: { input: 1, output: 10 } } }
suites:
  agents:
    dataset: cases.golden.yaml
${suite}`,
      'cases.golden.yaml': CASES,
      'counting.mjs': COUNTING,
      'foreign.mjs': FOREIGN,
    });
    return folder;
  }

  it('share the limit on programs, however many targets there are', async () => {
    const targets = ['a', 'b', 'c', 'd', 'e'].map(
      (name) => `      - { name: ${name}, command: [node, counting.mjs] }`,
    );
    const folder = workspace(
      `    max_concurrency: 2\n    evaluators: [ { contains: fine } ]\n    targets:\n${targets.join('\n')}\n`,
    );
    assert.equal((await touchstone(folder, 'eval', '--no-progress')).code, 0);
    const log = readFileSync(path.join(folder, 'log'), 'utf8');
    let running = 0;
    let most = 0;
    for (const sign of log) {
      running += sign === '+' ? 1 : -1;
      most = Math.max(most, running);
    }
    assert.equal(log.length, 30);
    assert.equal(most, 2);
  });

  it('need no wrapper: arguments, a foreign reply, a computed cost and warnings are shown', async () => {
    const folder = workspace(`    evaluators: [ { cost: { max_usd: 0.01 } }, tool-call-f1 ]
    targets:
      - { name: cli, command: [node, foreign.mjs, "{{input}}", --json], response: result }
      - { name: counted, command: [node, counting.mjs] }
`);
    await touchstone(folder, 'eval', '--no-progress', '-o', 'run.json');
    const { out } = await touchstone(folder, 'show', '--case', 'one', '--target', 'cli');
    assert.match(out, /You said first/);
    assert.match(out, /cost \$0\.0020 \(computed\)/);
    assert.match(out, /exited after/);
    assert.match(out, /warning The agent wrote another line .*Loading extensions.*TOUCHSTONE_REPLY_FILE/);
    assert.match(out, /warning The agent exited with code 1 after its reply/);
    assert.match(out, /✓ cost/);
    assert.doesNotMatch(out, /counted/);
    const all = await touchstone(folder, 'show', '--case', 'one');
    assert.match(all.out, /counted/);

    const [run] = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')).runs;
    const entry = run.results.find((one: { target: string }) => one.target === 'cli');
    assert.equal(entry.output.cost_computed, true);
    assert.equal(entry.output.warnings.length, 2);
    assert.deepEqual(entry.output.tool_calls, [{ name: 'lookup', arguments: { id: 'A1' } }]);
    assert.ok(entry.output.exit_ms >= entry.output.latency_ms);
  });

  it('are chosen by name, and runs are listed as JSON', async () => {
    const folder = workspace(
      '    evaluators: [ { contains: fine } ]\n    targets: [ { name: a, command: [node, counting.mjs] } ]\n',
    );
    await touchstone(folder, 'eval', '--no-progress');
    const { runs } = JSON.parse((await touchstone(folder, 'show', '--runs', '--json')).out);
    assert.equal(runs.length, 1);
    const { suite, targets, state, passed, trials, cost_usd: cost, result } = runs[0];
    assert.deepEqual(
      [suite, targets, state, passed, trials, cost, result],
      ['agents', ['a'], 'complete', 3, 3, null, 'passed'],
    );

    for (const [argv, pattern] of [
      [['--case', 'one', '--target', 'none'], /no result for case one at target none.*\n.*Choose from: a/],
      [['--target', 'a'], /--target needs --case/],
      [['--json'], /--json needs --runs/],
    ] as const) {
      const { code, err } = await touchstone(folder, 'show', ...argv);
      assert.equal(code, 2);
      assert.match(err, pattern);
    }
  });
});
