import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { FileError, ProblemsError, UserError } from '../../../src/engine/errors.ts';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import type { SuiteConfig } from '../../../src/engine/suites/config/suiteConfig.ts';
import { loadWorkspace, type Workspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder, writeFiles } from '../../support/temporaryFolder.ts';

const example = path.join(import.meta.dirname, '../../fixtures/suites/example');
const { signal } = new AbortController();

function load(root: string, configPath?: string): Promise<Workspace> {
  const file = configPath === undefined ? {} : { configPath };
  return loadWorkspace({ root, ...file, environment: fixedEnvironment({}), signal });
}

async function suiteOf(text: string): Promise<SuiteConfig> {
  const root = temporaryFolder({ 'touchstone.yaml': text, 'cases.golden.yaml': '', 'answer.prompt.yml': '' });
  const [suite] = (await load(root)).config.suites;
  assert.ok(suite);
  return suite;
}

describe('loadWorkspace', () => {
  it('reads the example of the documentation', async () => {
    const { root, configPath, config, warnings } = await load(example);
    assert.equal(root, example);
    assert.equal(configPath, 'touchstone.yaml');
    assert.deepEqual(warnings, []);
    assert.equal(config.providers['openai']?.apiKey, '${env:OPENAI_API_KEY}');
    assert.equal(config.providers['local']?.baseUrl, 'http://127.0.0.1:11434/v1');
    const [suite] = config.suites;
    assert.ok(suite);
    assert.deepEqual(
      suite.datasets.map((dataset) => dataset.path),
      ['datasets/support.golden.yaml'],
    );
    assert.deepEqual(
      suite.targets.map(({ name, kind }) => [name, kind]),
      [
        ['agent', 'command'],
        ['mini', 'prompt'],
      ],
    );
    assert.deepEqual(
      suite.evaluators.map((spec) => [spec.name, spec.options]),
      [
        ['is-json', { schema: 'schemas/answer.json' }],
        ['concepts', { min: 0.7 }],
        ['rubric', { criteria: 'polite and cites the policy', model: 'openai/gpt-5-mini' }],
      ],
    );
    assert.equal(suite.repeat, 3);
    assert.deepEqual(suite.gate, {
      minPassRate: { overall: 0.9, tags: {} },
      noRegression: ['critical'],
      maxCostUsd: 2,
      undecided: 'fail',
    });
  });

  it('reads the sample workspace without a warning', async () => {
    const { config, warnings } = await load(path.join(import.meta.dirname, '../../../datasets'));
    assert.deepEqual(warnings, []);
    assert.ok(config.suites.some((suite) => suite.name === 'support'));
  });

  it('fills in every default', async () => {
    const suite = await suiteOf('suites: { s: { dataset: cases.golden.yaml, targets: [{ echo: true }] } }');
    assert.deepEqual(suite.cascade, {
      mode: 'cascade',
      thresholds: {},
      weights: { heuristic: 0.2, lexical: 0.3, judge: 0.5 },
      audit: 0,
    });
    const { repeat, maxConcurrency, timeoutMs, seed, filter, threshold, gate, defaultEvaluators } = suite;
    assert.deepEqual(
      { repeat, maxConcurrency, timeoutMs, seed, filter, threshold, gate, defaultEvaluators },
      {
        repeat: 1,
        maxConcurrency: 4,
        timeoutMs: 60_000,
        seed: 0,
        filter: { names: [], tags: [] },
        threshold: undefined,
        gate: undefined,
        defaultEvaluators: true,
      },
    );
  });

  it('reads every kind of target', async () => {
    const suite = await suiteOf(`
suites:
  s:
    dataset: cases.golden.yaml
    targets:
      - { prompt: answer.prompt.yml, parameters: { temperature: 0, top_p: 1, max_tokens: 5, stop: END, extra: { k: [1] } } }
      - { prompt: answer.prompt.yml, model: openai/gpt-5-mini }
      - { prompt: answer.prompt.yml, model: openai/gpt-5-mini, timeout_ms: 5, max_concurrency: 2 }
      - { http: https://agent.example.org/chat }
      - { http: { url: https://example.org, method: PUT, headers: { A: b }, body: { q: "{{input}}" }, response: /a }, reply: text }
      - { command: [python3, agent/main.py, --fast], env: { KEY: "\${env:KEY}" } }
      - { echo: answer.prompt.yml }
`);
    assert.deepEqual(
      suite.targets.map(({ name }) => name),
      ['answer', 'answer-gpt-5-mini', 'answer-2', 'agent.example.org', 'example.org', 'main', 'answer-3'],
    );
    const [prompt, , limited, short, long, command, echo] = suite.targets;
    assert.ok(prompt?.kind === 'prompt' && prompt.model === undefined);
    assert.deepEqual(prompt.parameters, {
      temperature: 0,
      topP: 1,
      maxTokens: 5,
      stop: ['END'],
      extra: { k: [1] },
    });
    assert.deepEqual([limited?.timeoutMs, limited?.maxConcurrency], [5, 2]);
    assert.ok(short?.kind === 'http' && short.method === 'POST' && short.reply === 'json' && !short.body);
    assert.ok(long?.kind === 'http' && long.method === 'PUT' && long.reply === 'text');
    assert.deepEqual(
      [long.headers, long.body, long.response],
      [{ A: 'b' }, { q: '{{input}}' }, { text: '/a' }],
    );
    assert.ok(command?.kind === 'command' && command.cwd.path === '.');
    assert.deepEqual(command.env, { KEY: '${env:KEY}' });
    assert.ok(echo?.kind === 'echo' && echo.prompt?.path === 'answer.prompt.yml');
    assert.deepEqual(limited?.location, { path: 'touchstone.yaml', line: 8, column: 9 });
  });

  it('reads pass rates by tag', async () => {
    const suite = await suiteOf(
      'suites: { s: { dataset: cases.golden.yaml, targets: [{ echo: true }], gate: { min_pass_rate: { overall: 0.9, critical: 1 } } } }',
    );
    assert.deepEqual(suite.gate?.minPassRate, { overall: 0.9, tags: { critical: 1 } });
  });

  for (const { gate, policy } of [
    { gate: 'min_pass_rate: 0.8', policy: { minPassRate: { overall: 0.8, tags: {} } } },
    {
      gate: 'min_pass_rate: { overall: 0.8, by: lower }',
      policy: { minPassRate: { overall: { min: 0.8, by: 'lower' }, tags: {} } },
    },
    {
      gate: 'min_pass_rate: { overall: 0.8, critical: { min: 1, by: point }, by: lower }',
      policy: { minPassRate: { overall: { min: 0.8, by: 'lower' }, tags: { critical: 1 } } },
    },
    {
      gate: 'min_pass_rate: { critical: { min: 0.7, by: lower }, billing: 0.6 }',
      policy: { minPassRate: { tags: { critical: { min: 0.7, by: 'lower' }, billing: 0.6 } } },
    },
    { gate: 'min_score: 0.7', policy: { minScore: 0.7 } },
    { gate: 'min_score: { min: 0.7 }', policy: { minScore: 0.7 } },
    { gate: 'min_score: { min: 0.7, by: lower }', policy: { minScore: { min: 0.7, by: 'lower' } } },
    { gate: 'allow_regression: true', policy: { allowRegression: ['pass', 'score'] } },
    { gate: 'allow_regression: false', policy: {} },
    { gate: 'allow_regression: [pass_rate]', policy: { allowRegression: ['pass'] } },
    { gate: 'allow_regression: [score]', policy: { allowRegression: ['score'] } },
  ])
    it(`reads the gate { ${gate} }`, async () => {
      const suite = await suiteOf(
        `suites: { s: { dataset: cases.golden.yaml, targets: [{ echo: true }], gate: { ${gate} } } }`,
      );
      assert.deepEqual(suite.gate, { ...policy, undecided: 'fail' });
    });

  it('makes the folder of the file the workspace, and shows the path as it was given', async () => {
    const root = temporaryFolder({
      'sub/ci.yaml': 'suites: { s: { dataset: c.golden.yaml, targets: [{ echo: true }] } }',
      'sub/c.golden.yaml': '',
    });
    const workspace = await load(root, 'sub/ci.yaml');
    assert.equal(workspace.root, path.join(root, 'sub'));
    assert.equal(workspace.configPath, 'ci.yaml');
    assert.equal(workspace.config.suites[0]?.location.path, 'sub/ci.yaml');
    assert.equal(workspace.config.suites[0]?.datasets[0]?.path, 'c.golden.yaml');
  });

  it('keeps openai built in unless the file defines it', async () => {
    const root = temporaryFolder({
      'touchstone.yaml': 'providers: { local: { base_url: http://localhost:1/v1 } }',
    });
    const environment = fixedEnvironment({ OPENAI_BASE_URL: 'http://localhost:2/v1' });
    const { config } = await loadWorkspace({ root, environment, signal });
    assert.deepEqual(Object.keys(config.providers).sort(), ['local', 'openai']);
    assert.deepEqual(config.providers['openai'], { baseUrl: 'http://localhost:2/v1' });
    const keyed = await loadWorkspace({
      root,
      environment: fixedEnvironment({ OPENAI_API_KEY: 'x' }),
      signal,
    });
    assert.deepEqual(keyed.config.providers['openai'], {
      baseUrl: 'https://api.openai.com/v1',
      apiKey: '${env:OPENAI_API_KEY}',
    });
  });

  it('throws all problems at once, each with its place', async () => {
    const root = temporaryFolder({
      'touchstone.yaml': 'suites:\n  s:\n    dataset: none.yaml\n    repeat: 0\n',
    });
    await assert.rejects(load(root), (error) => {
      assert.ok(error instanceof ProblemsError);
      assert.deepEqual(
        error.problems.map(({ code, location }) => [code, location.line, location.column]),
        [
          ['missing-key', 2, 3],
          ['missing-file', 3, 14],
          ['invalid-value', 4, 13],
        ],
      );
      return true;
    });
  });

  it('says that a named file or folder is not there', async () => {
    const root = temporaryFolder({});
    await assert.rejects(
      load(root, 'none.yaml'),
      (error) => error instanceof FileError && /none\.yaml/.test(error.describe()),
    );
    await assert.rejects(load(path.join(root, 'nowhere')), FileError);
  });

  it('stops when aborted', async () => {
    const reason = new Error('enough');
    const options = { root: example, environment: fixedEnvironment({}), signal: AbortSignal.abort(reason) };
    await assert.rejects(loadWorkspace(options), reason);
  });
});

describe('a configuration of any content', () => {
  const root = temporaryFolder({ 'cases.golden.yaml': '', 'answer.prompty': '' });

  async function survives(text: string): Promise<void> {
    writeFiles(root, { 'any.yaml': text });
    try {
      await load(root, 'any.yaml');
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      assert.ok(error.describe().length > 0);
    }
  }

  it('is refused or read, whatever text it is', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 80 }), survives), {
      numRuns: 200,
    });
  });

  it('is refused or read, whatever stands at its keys', async () => {
    const leaf = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        'cases.golden.yaml',
        'answer.prompty',
        '../x',
        '${env:A}',
        'openai/m',
        'https://a.example',
      ),
    );
    const record = (keys: string[], value: fc.Arbitrary<unknown>) =>
      fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 4 });
    const some = (value: fc.Arbitrary<unknown>) => fc.oneof({ weight: 4, arbitrary: value }, leaf);
    const target = record(
      ['name', 'prompt', 'http', 'command', 'echo', 'model', 'cwd', 'env', 'parameters'],
      leaf,
    );
    const evaluator = record(
      ['concepts', 'is-json', 'not-contains', 'rubric', 'weight', 'type', 'value'],
      leaf,
    );
    const suite = fc.record(
      {
        dataset: leaf,
        targets: some(fc.array(some(target), { maxLength: 3 })),
        evaluators: some(fc.array(some(evaluator), { maxLength: 3 })),
        gate: some(record(['min_pass_rate', 'max_flaky_share', 'undecided'], leaf)),
        cascade: some(record(['thresholds', 'weights', 'audit', 'mode'], leaf)),
        judge: leaf,
        repeat: leaf,
      },
      { requiredKeys: [] },
    );
    const provider = record(['base_url', 'api_key', 'headers', 'prices', 'timeout_ms'], leaf);
    const file = fc.record(
      {
        suites: some(fc.dictionary(fc.constantFrom('a', 'b', 'c d'), some(suite), { maxKeys: 2 })),
        providers: some(fc.dictionary(fc.constantFrom('openai', 'x/y'), some(provider), { maxKeys: 2 })),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(file, (value) => survives(stringify(value))),
      { numRuns: 300 },
    );
  });
});
