import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, it } from 'mocha';
import type { ComparedSides, ComparisonRequest } from '../../../src/engine/compare/comparisonRequest.ts';
import type { PreparedComparison } from '../../../src/engine/compare/preparedComparison.ts';
import { openDataset } from '../../../src/engine/datasets/dataset.ts';
import { createEngine, type Engine, type EnginePorts } from '../../../src/engine/engine.ts';
import { UsageError } from '../../../src/engine/errors.ts';
import { fixedEnvironment, noLog, systemClock } from '../../../src/engine/ports.ts';
import { loadWorkspace, type Workspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { systemRandom } from '../../../src/systemRandom.ts';
import { startOpenAiServer } from '../../support/openaiServer.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const CASES = ['a', 'b', 'c', 'd'];
const SIDES = { baseline: 'one', candidate: 'two', overrides: {} };

function dataset(cases = CASES): string {
  return `schema_version: 2.0.0
version: 1.0.0
test_cases:
${cases.map((id) => `  - { id: ${id}, input: { question: ${id} }, tags: [${id}] }`).join('\n')}
`;
}

async function workspaceOf(files: { [path: string]: string }): Promise<Workspace> {
  const { signal } = new AbortController();
  return loadWorkspace({ root: temporaryFolder(files), environment: fixedEnvironment({}), signal });
}

function engineOf(workspace: Workspace, more: Partial<EnginePorts> = {}): Engine {
  return createEngine(workspace, {
    clock: systemClock,
    random: systemRandom,
    environment: fixedEnvironment({}),
    log: noLog,
    owner: { pid: process.pid, host: os.hostname(), started: null, alive: () => true },
    trust: { commands: false, scripts: false },
    ...more,
  });
}

async function prepare(
  engine: Engine,
  request: ComparisonRequest | ComparedSides,
): Promise<PreparedComparison & { run: NonNullable<PreparedComparison['run']> }> {
  const [prepared] = await engine.prepareComparison(request, new AbortController().signal);
  assert.ok(prepared?.run);
  return { ...prepared, run: prepared.run };
}

const ECHOES = {
  'touchstone.yaml': `suites:
  echoes:
    dataset: cases.golden.yaml
    targets: [{ name: one, echo: one.prompty }, { name: two, echo: two.prompty }]
    evaluators: [{ contains: hello }]
`,
  'one.prompty': 'user:\nhello {{question}}\n',
  'two.prompty': 'user:\nbye {{question}}\n',
  'cases.golden.yaml': dataset(),
};

describe('a comparison that is prepared', () => {
  it('opens its dataset once, for both sides and what judges them', async () => {
    const opened: string[] = [];
    const workspace = await workspaceOf(ECHOES);
    const engine = engineOf(workspace, {
      openDataset: (file, options) => {
        opened.push(path.basename(file));
        return openDataset(file, options);
      },
    });
    const { run } = await prepare(engine, SIDES);
    assert.deepEqual(opened, ['cases.golden.yaml']);
    await run.close();
    engine.close();
  });

  it('keeps the limit of a provider over both sides and their judge', async () => {
    let atOnce = 0;
    let most = 0;
    const server = await startOpenAiServer(() => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      const after = wait(15).then(() => {
        atOnce -= 1;
      });
      return { text: '{"score": 5, "reason": "good"}', after };
    });
    const workspace = await workspaceOf({
      ...ECHOES,
      'touchstone.yaml': `providers:
  local: { base_url: '${server.baseUrl}', max_concurrency: 1 }
suites:
  models:
    dataset: cases.golden.yaml
    targets:
      - { name: one, prompt: one.prompty, model: local/tiny }
      - { name: two, prompt: two.prompty, model: local/tiny }
    evaluators: [{ rubric: { criteria: polite, model: local/judge } }]
`,
    });
    const engine = engineOf(workspace);
    const { signal } = new AbortController();
    const prepared = await prepare(engine, SIDES);
    const listener = { onStart: () => {}, onResults: () => {} };
    await engine.compare(prepared, listener, { signal, sequential: false, reuse: false });
    engine.close();
    await server.close();
    assert.ok(server.requests.length >= 2 * 2 * CASES.length, `${server.requests.length} requests`);
    assert.equal(most, 1);
  });

  it('asks for the keys of both sides before the first call', async () => {
    const agent = (name: string, key: string) =>
      `{ name: ${name}, http: { url: 'http://127.0.0.1:9/', headers: { x-key: '\${env:${key}}' } } }`;
    const workspace = await workspaceOf({
      ...ECHOES,
      'touchstone.yaml': `suites:
  agents:
    dataset: cases.golden.yaml
    targets: [${agent('one', 'FIRST_KEY')}, ${agent('two', 'SECOND_KEY')}]
    evaluators: [{ contains: hello }]
`,
    });
    const asked: string[] = [];
    const engine = engineOf(workspace, {
      secrets: {
        get: async ({ variable }) => {
          asked.push(variable);
          return 'key';
        },
      },
    });
    const { run } = await prepare(engine, SIDES);
    assert.deepEqual(asked, []);
    await run.ready(new AbortController().signal);
    assert.deepEqual(asked, ['FIRST_KEY', 'SECOND_KEY']);
    await run.close();
    engine.close();
  });

  it('keeps the keys of both sides out of what it stores', async () => {
    const agent = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ output: `hello, I was given ${request.headers['x-key']}` }));
    });
    await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
    const address = agent.address();
    assert.ok(address && typeof address === 'object');
    const keys = { FIRST_KEY: 'first-0123456789abcdef', SECOND_KEY: 'second-0123456789abcdef' };
    const target = (name: string, key: string) =>
      `{ name: ${name}, http: { url: 'http://127.0.0.1:${address.port}/', headers: { x-key: '\${env:${key}}' } } }`;
    const environment = fixedEnvironment(keys);
    const root = temporaryFolder({
      ...ECHOES,
      'touchstone.yaml': `suites:
  agents:
    dataset: cases.golden.yaml
    targets: [${target('one', 'FIRST_KEY')}, ${target('two', 'SECOND_KEY')}]
    evaluators: [{ contains: hello }]
`,
    });
    const { signal } = new AbortController();
    const engine = engineOf(await loadWorkspace({ root, environment, signal }), { environment });
    const listener = { onStart: () => {}, onResults: () => {} };
    const { comparison } = await engine.compare(await prepare(engine, SIDES), listener, {
      signal,
      sequential: false,
      reuse: false,
    });
    const stored = [...engine.store.results(comparison.candidate.runId)];
    engine.close();
    await new Promise((resolve) => agent.close(resolve));
    assert.equal(stored.filter(({ output }) => /^hello, I was given /.test(output.text)).length, 8);
    for (const key of Object.values(keys)) assert.ok(!JSON.stringify(stored).includes(key), key);
  });

  it('takes earlier results of the same prompt over where another model answers', async () => {
    const workspace = await workspaceOf({
      ...ECHOES,
      'touchstone.yaml': `providers:
  local: { base_url: 'http://127.0.0.1:9/v1' }
suites:
  models:
    dataset: cases.golden.yaml
    targets: [{ name: one, prompt: one.prompty, model: local/tiny }]
    evaluators: [{ contains: hello }]
`,
    });
    const [suite] = workspace.config.suites;
    assert.ok(suite);
    const engine = engineOf(workspace);
    const reusable = async (before: string, after: string) => {
      const side = (model: string) => ({ label: model, reference: { kind: 'model' as const, model } });
      const { run, ...found } = await prepare(engine, {
        suite,
        baseline: side(before),
        candidate: side(after),
        overrides: {},
      });
      await run.close();
      return found.reusable.map(({ when }) => when);
    };
    assert.deepEqual(await reusable('local/tiny', 'local/large'), ['always', 'always']);
    assert.deepEqual(await reusable('local/tiny', 'local/tiny'), [], 'against itself it is asked anew');
    engine.close();
  });

  it('has the chosen cases in its plan, and as many trials of each side', async () => {
    const engine = engineOf(await workspaceOf(ECHOES));
    const filter = { names: [], tags: ['b', 'c', 'd'] };
    const { run } = await prepare(engine, { ...SIDES, overrides: { filter, repeat: 2 } });
    const { plan } = run.inputs;
    assert.deepEqual([plan.dataset.count, plan.dataset.chosen, plan.trials], [4, 3, 2 * 3 * 2]);
    await run.close();
    engine.close();
  });

  it('is one for each dataset of the suite, or of those that were asked for', async () => {
    const workspace = await workspaceOf({
      ...ECHOES,
      'touchstone.yaml': ECHOES['touchstone.yaml'].replace(
        'dataset: cases.golden.yaml',
        'dataset: [cases.golden.yaml, more.golden.yaml]',
      ),
      'more.golden.yaml': dataset(['x', 'y']),
    });
    const engine = engineOf(workspace);
    const prepared = async (datasets?: string[]) => {
      const overrides = datasets ? { datasets } : {};
      const found = await engine.prepareComparison({ ...SIDES, overrides }, new AbortController().signal);
      for (const { run } of found) await run?.close();
      return found.map(({ run, outlook }) => [run?.inputs.plan.dataset.path, outlook?.cases]);
    };
    assert.deepEqual(await prepared(), [
      ['cases.golden.yaml', 4],
      ['more.golden.yaml', 2],
    ]);
    assert.deepEqual(await prepared(['more.golden.yaml']), [['more.golden.yaml', 2]]);
    engine.close();
  });

  it('needs a target that both sides have', async () => {
    const workspace = await workspaceOf(ECHOES);
    const [suite] = workspace.config.suites;
    assert.ok(suite);
    const [one, two] = suite.targets;
    assert.ok(one && two);
    const engine = engineOf(workspace);
    const side = (...names: string[]) => ({
      label: 'side',
      reference: { kind: 'given' as const, targets: names.map((name) => ({ ...one, name })) },
    });
    await assert.rejects(
      prepare(engine, { suite, baseline: side('a', 'b'), candidate: side('c', 'd'), overrides: {} }),
      (error) =>
        error instanceof UsageError &&
        error.message === 'no target of one side has a counterpart on the other' &&
        error.remedy === 'Name a target on both sides, e.g. --baseline v1 --candidate v2.',
    );
    engine.close();
  });

  it('asks the model that was chosen for both, but for a side that is a model', async () => {
    const server = await startOpenAiServer(() => ({ text: 'hello', usage: { input: 1, output: 1 } }));
    const workspace = await workspaceOf({
      ...ECHOES,
      'touchstone.yaml': `providers:
  local: { base_url: '${server.baseUrl}' }
suites:
  models:
    dataset: cases.golden.yaml
    targets: [{ name: one, prompt: one.prompty, model: local/tiny }]
    evaluators: [{ contains: hello }]
`,
    });
    const [suite] = workspace.config.suites;
    assert.ok(suite);
    const engine = engineOf(workspace);
    const asked = async (request: Pick<ComparedSides, 'baseline' | 'candidate'>) => {
      server.requests.splice(0);
      const prepared = await prepare(engine, { suite, ...request, overrides: { model: 'local/chosen' } });
      const listener = { onStart: () => {}, onResults: () => {} };
      const { signal } = new AbortController();
      await engine.compare(prepared, listener, { signal, sequential: false, reuse: false });
      return [...new Set(server.requests.map(({ body }) => body.model))].sort();
    };
    const given = { label: 'files', reference: { kind: 'given' as const, targets: suite.targets } };
    const model = { label: 'model', reference: { kind: 'model' as const, model: 'local/other' } };
    assert.deepEqual(await asked({ baseline: given, candidate: given }), ['chosen']);
    assert.deepEqual(await asked({ baseline: given, candidate: model }), ['chosen', 'other']);
    engine.close();
    await server.close();
  });

  it('takes targets that stand in no suite', async () => {
    const workspace = await workspaceOf(ECHOES);
    const [suite] = workspace.config.suites;
    assert.ok(suite);
    const [one, two] = suite.targets;
    assert.ok(one && two);
    const engine = engineOf(workspace);
    const prepared = await prepare(engine, {
      suite: { ...suite, targets: [] },
      baseline: { label: 'before', reference: { kind: 'given', targets: [{ ...one, name: 'old' }] } },
      candidate: { label: 'after', reference: { kind: 'given', targets: [{ ...two, name: 'new' }] } },
      overrides: {},
    });
    assert.deepEqual(prepared.pairs, [{ baseline: 'old', candidate: 'new' }]);
    const listener = { onStart: () => {}, onResults: () => {} };
    const { signal } = new AbortController();
    const { comparison } = await engine.compare(prepared, listener, {
      signal,
      sequential: false,
      reuse: false,
    });
    assert.deepEqual(
      comparison.cases.map(({ change }) => change),
      CASES.map(() => 'degraded'),
    );
    engine.close();
  });
});
