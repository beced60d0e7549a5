import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { ComparedSides } from '../../../src/engine/compare/comparisonRequest.ts';
import { prepareComparisons } from '../../../src/engine/compare/prepareComparison.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { UserError } from '../../../src/engine/errors.ts';
import type { TrialResult } from '../../../src/engine/model/result.ts';
import { fixedEnvironment, noLog, systemClock } from '../../../src/engine/ports.ts';
import { promptfooFormat } from '../../../src/engine/promptfoo/promptfooFormat.ts';
import { Places } from '../../../src/engine/runs/lanes/places.ts';
import { EngineModels } from '../../../src/engine/runs/preparation/engineModels.ts';
import type { RunOverrides } from '../../../src/engine/runs/preparation/runOverrides.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import { loadWorkspace, type Workspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { systemRandom } from '../../../src/systemRandom.ts';
import { type OpenAiServer, startOpenAiServer } from '../../support/openaiServer.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const KEY = 'key-of-the-judge-0123456789';
const environment = fixedEnvironment({ JUDGE_KEY: KEY });
const { signal } = new AbortController();

const DATASET = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: a, input: { question: a } }\n';

function models(baseUrl: string, more = ''): { [path: string]: string } {
  return {
    'touchstone.yaml': `providers:
  local: { base_url: '${baseUrl}' }
suites:
  models:
    dataset: cases.golden.yaml
    targets: [{ name: one, prompt: one.prompty, model: local/tiny }, { name: two, prompt: two.prompty, model: local/tiny }]
    evaluators: [{ contains: hello }]
    ${more}
`,
    'one.prompty': 'user:\nhello {{question}}\n',
    'two.prompty': 'user:\nbye {{question}}\n',
    'cases.golden.yaml': DATASET,
  };
}

async function workspaceOf(files: { [path: string]: string }): Promise<Workspace> {
  return loadWorkspace({ root: temporaryFolder(files), foreign: promptfooFormat, environment, signal });
}

/** The first target of the only suite with the last one. */
function sidesOf({ config }: Workspace, overrides: RunOverrides = {}): ComparedSides {
  const [suite] = config.suites;
  assert.ok(suite);
  const side = (at: number) => ({
    label: `side ${at}`,
    reference: { kind: 'given' as const, targets: suite.targets.slice(at).slice(0, 1) },
  });
  return { suite, baseline: side(0), candidate: side(-1), overrides };
}

/** What is stored of both sides. */
async function compare(workspace: Workspace, overrides: RunOverrides = {}): Promise<TrialResult[]> {
  const engine = createEngine(workspace, {
    clock: systemClock,
    random: systemRandom,
    environment,
    log: noLog,
    owner: { pid: process.pid, host: os.hostname(), started: null, alive: () => true },
    trust: { commands: true, scripts: false },
  });
  try {
    const [prepared] = await engine.prepareComparison(sidesOf(workspace, overrides), signal);
    assert.ok(prepared);
    const listener = { onStart: () => {}, onResults: () => {} };
    const { comparison } = await engine.compare(prepared, listener, {
      signal,
      sequential: false,
      reuse: false,
    });
    return [...engine.store.results(comparison.candidate.runId)];
  } finally {
    engine.close();
  }
}

describe('what a comparison is run with', () => {
  const disposals: (() => unknown)[] = [];
  afterEach(async () => {
    for (const dispose of disposals.splice(0)) await dispose();
  });

  async function modelServer(): Promise<OpenAiServer> {
    const server = await startOpenAiServer(() => ({ text: 'hello', usage: { input: 4, output: 500 } }));
    disposals.push(() => server.close());
    return server;
  }

  it('keeps the keys of its judges out of what it stores', async () => {
    const judge = createServer((request, response) => {
      const reason = `I was given ${request.headers['x-key']}`;
      response.end(JSON.stringify({ text: JSON.stringify({ reason, score: 1, pass: true }) }));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => judge.once('listening', resolve));
    disposals.push(() => judge.close());
    const { port } = judge.address() as AddressInfo;
    const provider = `{ id: http, config: { url: 'http://127.0.0.1:${port}/', method: POST, headers: { x-key: '{{env.JUDGE_KEY}}' }, body: { ask: '{{prompt}}' }, transformResponse: json.text } }`;
    const results = await compare(
      await workspaceOf({
        'promptfooconfig.yaml': `
prompts: ['{{q}}']
providers: [echo]
defaultTest: { options: { provider: ${provider} } }
tests: [{ vars: { q: hi }, assert: [{ type: llm-rubric, value: polite }] }]
`,
      }),
    );
    const reasons = results.flatMap(({ evaluations }) => evaluations.map(({ reason }) => reason));
    assert.equal(reasons.length, 2);
    for (const reason of reasons) assert.match(reason ?? '', /^I was given (?!key-of)/);
    assert.ok(!JSON.stringify(results).includes(KEY));
  });

  it('records both sides, and replays them without asking anybody', async () => {
    const server = await modelServer();
    const workspace = await workspaceOf(models(server.baseUrl));
    const folder = path.join(workspace.root, 'replies');
    const texts = (results: readonly TrialResult[]) =>
      results.map(({ target, output }) => [target, output.text]);
    const recorded = await compare(workspace, { recordings: { mode: 'record', folder } });
    assert.deepEqual([server.requests.length, recorded.length], [2, 2]);
    const replayed = await compare(workspace, { recordings: { mode: 'replay', folder } });
    assert.deepEqual(texts(replayed), texts(recorded));
    assert.equal(server.requests.length, 2);
  });

  it('limits the answers of both sides only where the suite has budgets', async () => {
    const limits = async (more: string) => {
      const server = await modelServer();
      await compare(await workspaceOf(models(server.baseUrl, more)));
      return server.requests.map(({ body }) => body['max_tokens']);
    };
    assert.deepEqual(await limits('token_budgets: adaptive'), [1000, 1000]);
    assert.deepEqual(await limits(''), [undefined, undefined]);
  });

  it('is closed with its comparison, and at once where one of several is refused', async () => {
    const open = { now: 0, ever: 0 };
    class Counted extends EngineModels {
      override open(...args: Parameters<EngineModels['open']>): ReturnType<EngineModels['open']> {
        const opened = super.open(...args);
        open.now += 1;
        open.ever += 1;
        const close = () => {
          open.now -= 1;
          opened.close();
        };
        return { ...opened, close };
      }
    }
    const several = {
      ...models('http://127.0.0.1:9/v1'),
      'more.golden.yaml': DATASET,
      'touchstone.yaml': (models('http://127.0.0.1:9/v1')['touchstone.yaml'] ?? '').replace(
        'cases.golden.yaml',
        '[cases.golden.yaml, more.golden.yaml]',
      ),
    };
    const prepare = async (files: { [path: string]: string }) => {
      const workspace = await workspaceOf(files);
      const store = new RunStore(storePath(workspace.root));
      disposals.push(() => store.close());
      const common = { clock: systemClock, random: systemRandom, environment, log: noLog, store };
      const ports = { ...common, trust: { commands: false, scripts: false }, programs: new Places() };
      const counted = new Counted(common);
      return prepareComparisons(workspace, sidesOf(workspace), { ...ports, models: counted }, signal);
    };
    const prepared = await prepare(several);
    assert.deepEqual([prepared.length, open.now], [2, 2]);
    for (const { run } of prepared) await run?.close();
    assert.deepEqual(open, { now: 0, ever: 2 });

    const broken = { ...several, 'more.golden.yaml': 'schema_version: 2.0.0\ntest_cases: 5\n' };
    await assert.rejects(prepare(broken), UserError);
    assert.deepEqual(open, { now: 0, ever: 4 });
  });
});
