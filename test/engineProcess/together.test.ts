import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { caseLines, echoWorkspace, WAITING_AGENT } from './workspaces.ts';

const TWO_DATASETS = {
  'touchstone.yaml': `suites:
  both:
    dataset: [one.golden.jsonl, two.golden.jsonl]
    targets: [{ name: agent, command: [node, agent.mjs] }]
    evaluators: [{ contains: right }]
`,
  'agent.mjs': WAITING_AGENT,
  'one.golden.jsonl': caseLines(2),
  'two.golden.jsonl': caseLines(2),
};

describe('engine process: what is started together', () => {
  for (const which of ['first', 'second'] as const) {
    it(`stops together, by the ${which} of its runs, and nothing more is called`, async () => {
      const root = temporaryFolder(TWO_DATASETS);
      await using window = await TestWindow.open(root);
      const { runIds } = await window.call('run/start', { suite: 'both' });
      assert.equal(runIds.length, 2);
      const runId = runIds[which === 'first' ? 0 : 1];
      assert.deepEqual(await window.call('run/cancel', { runId }), { cancelled: true });
      writeFileSync(path.join(root, 'go'), '');
      for (const id of runIds) {
        const end = await window.heard('run/finished', (data) => data.runId === id);
        assert.equal(end.outcome, 'interrupted');
      }
      assert.deepEqual(
        window.events['run/started'].map((data) => data.runId),
        [runIds[0]],
      );
      assert.deepEqual(await window.call('run/cancel', { runId }), { cancelled: false });
    });
  }

  it('starts no more programs at once than one of its runs may', async () => {
    const suite = (name: string) =>
      `  ${name}: { dataset: one.golden.jsonl, max_concurrency: 1, targets: [{ name: agent, command: [node, agent.mjs] }], evaluators: [{ contains: right }] }\n`;
    const root = temporaryFolder({
      'touchstone.yaml': `suites:\n${suite('a')}${suite('b')}`,
      'agent.mjs': `import { mkdirSync, rmdirSync } from 'node:fs';
mkdirSync('busy');
await new Promise((resolve) => setTimeout(resolve, 100));
rmdirSync('busy');
process.stdout.write(JSON.stringify({ output: 'right' }));
`,
      'one.golden.jsonl': caseLines(3),
    });
    await using window = await TestWindow.open(root);
    const ends = await Promise.all([window.run('a'), window.run('b')]);
    assert.deepEqual(
      ends.map(({ end }) => [end.outcome, end.passed]),
      [
        ['complete', true],
        ['complete', true],
      ],
    );
  });

  it('goes on after a run whose cases failed', async () => {
    const files = {
      ...TWO_DATASETS,
      'touchstone.yaml': TWO_DATASETS['touchstone.yaml'].replace('command: [node, agent.mjs]', 'echo: true'),
    };
    await using window = await TestWindow.open(temporaryFolder(files));
    const { runIds } = await window.call('run/start', { suite: 'both' });
    for (const id of runIds) {
      const end = await window.heard('run/finished', (data) => data.runId === id);
      assert.deepEqual([end.outcome, end.passed], ['complete', false]);
    }
  });

  it('begins nothing where one of the suites of a prompt cannot be got ready', async () => {
    const prompt = 'user:\n{{question}}\n';
    const cases = (ids: string[]) =>
      `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [${ids.map((id) => `{ id: ${id}, input: { question: x } }`).join(', ')}]\n`;
    const suite = (name: string) =>
      `  ${name}: { dataset: ${name}.golden.yaml, targets: [{ name: t, echo: a.prompty }], evaluators: [{ contains: x }] }\n`;
    const root = temporaryFolder({
      'touchstone.yaml': `suites:\n${suite('good')}${suite('bad')}`,
      'a.prompty': prompt,
      'good.golden.yaml': cases(['a', 'b']),
      'bad.golden.yaml': cases(['a', 'a']),
    });
    await using window = await TestWindow.open(root);
    const wanted = { path: 'a.prompty', before: prompt, after: 'user:\n{{question}}!\n', model: null };
    const failure = await window.failure('compress/verify', wanted);
    assert.ok(failure.kind === 'user' && failure.problems?.[0]?.code === 'duplicate-case-id');
    assert.deepEqual(await window.call('run/list', {}), { runs: [] });
    assert.deepEqual(window.events['compare/finished'], []);
  });
});

describe('engine process: a workspace behind a link', () => {
  it('is told by the name that the window has for it', async () => {
    const folder = temporaryFolder({});
    const real = path.join(folder, 'real');
    mkdirSync(real);
    for (const [name, text] of Object.entries(echoWorkspace(2))) writeFileSync(path.join(real, name), text);
    const link = path.join(folder, 'link');
    symlinkSync(real, link);

    await using window = await TestWindow.open(link);
    const { root, suites } = await window.call('workspace/list', {});
    assert.equal(root, link);
    const [dataset = ''] = suites[0]?.datasets ?? [];
    assert.ok(existsSync(path.join(root, dataset)));
    const file = { path: path.join(link, dataset), version: 1 };
    await window.call('language/sync', { ...file, text: caseLines(2) });
    assert.deepEqual((await window.call('language/problems', file))?.path, dataset);
    assert.equal((await window.run('echo')).end.outcome, 'complete');
  });
});
