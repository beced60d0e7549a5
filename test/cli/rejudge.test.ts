import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type AgentServer, startAgentServer } from '../support/agentServer.ts';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: one, input: first, tags: [x] }
  - { id: two, input: second }
  - { id: three, input: third }
`;

const config = (url: string, evaluator: string, extra = '') => `
suites:
  s:
    dataset: d.golden.yaml
    repeat: 2
    targets: [{ name: agent, http: "${url}" }]
    evaluators: [${evaluator}]
${extra}`;

interface Entry {
  case_id: string;
  status: string;
  reason: string;
  output: { text: string; latency_ms: number; cost_usd: number };
}

describe('touchstone eval --rejudge', () => {
  const disposals: (() => unknown)[] = [];
  afterEach(async () => {
    for (const dispose of disposals.splice(0)) await dispose();
  });

  async function start(): Promise<{ folder: string; agent: AgentServer }> {
    const agent = await startAgentServer(({ body }) => {
      const { input, trial } = JSON.parse(body);
      return { output: `${input} ${trial}`, cost_usd: 0.25 };
    });
    const folder = temporaryFolder({
      'touchstone.yaml': config(agent.url, '{ contains: i }'),
      'd.golden.yaml': DATASET,
    });
    disposals.push(() => agent[Symbol.asyncDispose]());
    return { folder, agent };
  }

  const write = (folder: string, file: string, text: string) => writeFileSync(path.join(folder, file), text);
  const results = (folder: string, file: string): Entry[] =>
    JSON.parse(readFileSync(path.join(folder, file), 'utf8')).runs[0].results;

  it('judges stored outputs by the evaluators of today and calls no target', async () => {
    const { folder, agent } = await start();
    assert.equal((await touchstone(folder, 'eval', '-o', 'old.json', '--no-progress')).code, 1);
    const calls = agent.calls.length;
    assert.equal(calls, 6);
    write(folder, 'touchstone.yaml', config(agent.url, '{ regex: "^(first|second|third) [01]$" }'));
    const { code, out, err } = await touchstone(
      folder,
      'eval',
      '--rejudge',
      '-o',
      'new.json',
      '--no-progress',
    );
    assert.equal(code, 0, err + out);
    assert.match(out, /re-judged: outputs, times and costs of the targets come from run \d{8}-/);
    assert.equal(agent.calls.length, calls);
    const outputs = (file: string) => results(folder, file).map(({ output }) => output);
    assert.deepEqual(outputs('new.json'), outputs('old.json'));
  });

  it('takes changed expectations, and says which cases were changed or are new', async () => {
    const { folder } = await start();
    await touchstone(folder, 'eval', '--no-progress');
    write(
      folder,
      'd.golden.yaml',
      DATASET.replace('tags: [x]', 'assert: [{ type: equals, value: other }]')
        .replace('input: second', 'input: changed')
        .concat('  - { id: four, input: fourth }\n'),
    );
    const { code, out } = await touchstone(folder, 'eval', '--rejudge', '-o', 'new.json', '--no-progress');
    assert.equal(code, 1);
    const status = Object.groupBy(results(folder, 'new.json'), ({ case_id }) => case_id);
    assert.deepEqual(
      Object.entries(status).map(([id, entries = []]) => [id, entries[0]?.status]),
      [
        ['one', 'failed'],
        ['two', 'errored'],
        ['three', 'passed'],
        ['four', 'errored'],
      ],
    );
    assert.match(out, /case-changed: the case was changed after run/);
    assert.match(out, /not-stored: run \S+ holds no output of this case/);
  });

  it('works from a run that was judged anew, and finds cases at another place', async () => {
    const { folder, agent } = await start();
    await touchstone(folder, 'eval', '--no-progress');
    await touchstone(folder, 'eval', '--rejudge', '--no-progress');
    const lines = DATASET.trimEnd().split('\n');
    write(folder, 'd.golden.yaml', `${[...lines.slice(0, 3), ...lines.slice(3).reverse()].join('\n')}\n`);
    const { out } = await touchstone(folder, 'eval', '--rejudge', '-o', 'new.json', '--no-progress');
    assert.match(out, /4 passed, 2 failed, 0 errored/);
    assert.equal(agent.calls.length, 6);
  });

  it('needs a run, and one of the suite', async () => {
    const { folder, agent } = await start();
    const none = await touchstone(folder, 'eval', '--rejudge');
    assert.equal(none.code, 2);
    assert.match(none.err, /no stored run to re-judge/);
    const unknown = await touchstone(folder, 'eval', '--rejudge', 'nonsense');
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /there is no run nonsense/);
    await touchstone(folder, 'eval', '--no-progress');
    write(folder, 'touchstone.yaml', config(agent.url, '{ contains: i }').replace('  s:', '  other:'));
    const gone = await touchstone(folder, 'eval', '--rejudge');
    assert.equal(gone.code, 2);
    const both = await touchstone(folder, 'eval', '--rejudge', '--resume');
    assert.match(both.err, /--rejudge starts a new run/);
  });
});
