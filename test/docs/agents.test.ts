import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { skip } from '../support/skip.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { markdownBlocks } from './markdownBlocks.ts';

const PAGE = path.join(import.meta.dirname, '..', '..', 'docs', 'agents.md');
const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: hello, input: Is it open? }
`;

describe('docs/agents.md', () => {
  it('has an agent in Python that runs as it is written', async function () {
    this.timeout(30_000);
    if (spawnSync('python3', ['--version']).error) skip(this, 'python3 is not installed');
    const [agent, config] = markdownBlocks(readFileSync(PAGE, 'utf8'));
    assert.ok(agent && config);
    const files = { 'agent.py': agent.text, 'touchstone.yaml': config.text, 'cases.golden.yaml': DATASET };
    const folder = temporaryFolder(files);
    const { code, out, err } = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(code, 0, `${out}\n${err}`);
  });

  it('has an agent in Python that traces itself without an SDK, and is evaluated by its spans', async function () {
    this.timeout(30_000);
    if (spawnSync('python3', ['--version']).error) skip(this, 'python3 is not installed');
    const name = 'traced_agent.py';
    const agent = markdownBlocks(readFileSync(PAGE, 'utf8')).find(({ text }) => text.startsWith(`# ${name}`));
    assert.ok(agent);
    const config = `suites:\n  traced:\n    dataset: cases.golden.yaml\n    targets: [{ name: agent, command: [python3, ${name}] }]\n    evaluators: [contains: shipped, tool-call-f1: { min: 1 }, cost: { max_usd: 0.001 }]\n`;
    const dataset = `${DATASET.trimEnd().slice(0, -2)}, expected_output: { tool_calls: [{ name: lookup_order, arguments: { order_id: A1001 } }] } }\n`;
    const folder = temporaryFolder({
      [name]: agent.text,
      'touchstone.yaml': config,
      'cases.golden.yaml': dataset,
    });
    const { code, out, err } = await touchstone(folder, 'eval', '--no-progress', '-o', 'run.json');
    assert.equal(code, 0, `${out}\n${err}`);

    const [run] = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')).runs;
    const [{ output }] = run.results;
    assert.deepEqual(output.from_trace, ['steps', 'tool_calls', 'usage', 'model', 'cost_usd']);
    assert.deepEqual([output.usage.input_tokens, output.usage.output_tokens], [90, 23]);
    // Without a receiver it answers all the same.
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
    const alone = spawnSync('python3', [name], {
      cwd: folder,
      env,
      input: '{"input":"Is it open?"}',
      encoding: 'utf8',
    });
    assert.match(alone.stdout, /Order A1001 was shipped/);
    assert.equal(alone.status, 0, alone.stderr);
  });

  for (const [name, program] of [
    ['logging-agent.mjs', 'node'],
    ['logging_agent.py', 'python3'],
  ] as const)
    it(`has an agent whose log leads to its trace and back: ${name}`, async function () {
      this.timeout(30_000);
      if (spawnSync(program, ['--version']).error) skip(this, `${program} is not installed`);
      const agent = markdownBlocks(readFileSync(PAGE, 'utf8')).find(({ text }) =>
        text.split('\n', 1)[0]?.includes(name),
      );
      assert.ok(agent);
      const config = `suites:\n  logging:\n    dataset: cases.golden.yaml\n    targets: [{ name: agent, command: [${program}, ${name}] }]\n    evaluators: [contains: open]\n`;
      const files = { [name]: agent.text, 'touchstone.yaml': config, 'cases.golden.yaml': DATASET };
      const folder = temporaryFolder(files);
      const { code, out, err } = await touchstone(folder, 'eval', '--no-progress');
      assert.equal(code, 0, `${out}\n${err}`);

      const line = JSON.parse(readFileSync(path.join(folder, 'agent.log'), 'utf8'));
      const shown = await touchstone(folder, 'traces', 'show', line.trace_id);
      assert.match(shown.out, /^case hello at agent/);
      assert.match(shown.out, /answer \[logging-agent\] agent [^\n]*\n +info asked: Is it open\?/);

      assert.match(line.session_id, /\/hello$/);
      const { out: list } = await touchstone(folder, 'traces', '--session', line.session_id, '--json');
      assert.deepEqual(
        JSON.parse(list).traces.map(({ trace_id: id }: { trace_id: string }) => id),
        [line.trace_id],
      );
    });
});
