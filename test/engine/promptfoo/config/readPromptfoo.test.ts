import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { noSpan } from '../../../../src/engine/ports.ts';
import type { SuiteConfig } from '../../../../src/engine/suites/config/suiteConfig.ts';
import { targetsOf } from '../createdTargets.ts';
import { loadFiles, workspaceOf } from '../promptfooRun.ts';

const CONFIG = 'promptfooconfig.yaml';

async function suiteOf(text: string, files: { [path: string]: string } = {}) {
  const { config } = await workspaceOf({ [CONFIG]: text, ...files });
  const [suite] = config.suites;
  assert.ok(suite);
  return suite;
}

/** What targets that echo their prompt say of a case. */
async function saidBy(suite: SuiteConfig, input: JsonObject): Promise<string[]> {
  const { signal } = new AbortController();
  const said: string[] = [];
  for (const target of targetsOf(suite)) {
    const request = { case: { id: 'c', input }, trial: 0, seed: 0 };
    said.push((await target.call(request, { signal, span: noSpan, timeoutMs: 1 })).text);
  }
  return said;
}

describe('a promptfooconfig.yaml as a suite', () => {
  it('makes a target of every prompt with every provider', async () => {
    const suite = await suiteOf(`
prompts: ['A {{x}}', { raw: 'B {{x}}', label: second }]
providers: [echo, { id: echo, label: other, prompts: [second] }]
tests: [{ vars: { x: 1 }, assert: [{ type: contains, value: '1' }] }]
`);
    assert.deepEqual(
      suite.targets.map(({ name }) => name),
      ['echo-prompt-1', 'echo-prompt-2', 'other-prompt-2'],
    );
    assert.deepEqual(await saidBy(suite, { x: 'X' }), ['A X', 'B X', 'B X']);
  });

  it('reads prompts from files: split texts, chats as YAML, patterns', async () => {
    const suite = await suiteOf(
      `
prompts: [file://many.txt, chat.yaml, 'parts/*.md']
providers: [echo]
tests: [{ assert: [{ type: contains, value: a }] }]
`,
      {
        'many.txt': 'first\n---\nsecond\n',
        'chat.yaml': '- role: user\n  content: "{{q}}"\n',
        'parts/a.md': 'A',
        'parts/b.md': 'B',
      },
    );
    assert.deepEqual(await saidBy(suite, { q: 'Q' }), [
      'first',
      'second',
      JSON.stringify([{ role: 'user', content: 'Q' }], null, 2),
      'A',
      'B',
    ]);
  });

  it('expands lists of texts to their combinations, and keeps other lists', async () => {
    const suite = await suiteOf(`
prompts: ['{{a}}{{b}}']
providers: [echo]
tests:
  - vars: { a: [x, y], b: ['1', '2'], c: [{ n: 1 }] }
    assert: [{ type: equals, value: '{{a}}-{{b}}' }]
`);
    assert.deepEqual(
      suite.cases?.map(({ case: entry }) => [entry.id, entry.assert?.[0]?.['value']]),
      [
        ['test-1.1', 'x-1'],
        ['test-1.2', 'x-2'],
        ['test-1.3', 'y-1'],
        ['test-1.4', 'y-2'],
      ],
    );
    assert.deepEqual(suite.cases?.[0]?.case.input, { a: 'x', b: '1', c: [{ n: 1 }] });
  });

  it('merges defaultTest into tests: assertions first, everything else by key', async () => {
    const suite = await suiteOf(`
prompts: ['{{x}}']
providers: [echo]
defaultTest:
  vars: { x: default, y: kept }
  threshold: 0.5
  metadata: { team: a }
  options: { prefix: '<' }
  assert: [{ type: contains, value: common }]
tests:
  - vars: { x: own }
    metadata: { topic: b }
    options: { suffix: '>' }
    assert: [{ type: contains, value: special }]
  - options: { disableDefaultAsserts: true }
    assert: [{ type: contains, value: alone }]
`);
    const [first, second] = suite.cases ?? [];
    assert.deepEqual(first?.case, {
      id: 'test-1',
      input: { x: 'own', y: 'kept' },
      assert: [
        { type: 'contains', value: 'common' },
        { type: 'contains', value: 'special' },
      ],
      threshold: 0.5,
      metadata: { team: 'a', topic: 'b' },
      promptfoo: { prefix: '<', suffix: '>' },
    });
    assert.deepEqual(second?.case.assert, [{ type: 'contains', value: 'alone' }]);
  });

  it('reads tests from CSV with their places', async () => {
    const suite = await suiteOf(
      `
prompts: ['{{q}}']
providers: [echo]
tests: file://rows.csv
`,
      {
        'rows.csv':
          'q,__expected,__expected2,__metric,__threshold,__metadata:kind,__metadata:tags[]\n' +
          'hi,contains:h,levenshtein(2):ho,m,0.4,greeting,"a, b\\,c"\n' +
          'plain,plain,,,,,\n',
      },
    );
    const [first, second] = suite.cases ?? [];
    assert.deepEqual(first?.case, {
      id: 'test-1',
      description: 'Row #1',
      input: { q: 'hi' },
      assert: [
        { type: 'contains', value: 'h', metric: 'm', name: 'm' },
        { type: 'levenshtein', value: 'ho', threshold: 2, metric: 'm', name: 'm' },
      ],
      threshold: 0.4,
      metadata: { kind: 'greeting', tags: ['a', 'b,c'] },
    });
    assert.deepEqual(second?.case.assert, [{ type: 'equals', value: 'plain', metric: '' }]);
    assert.deepEqual(second?.location, { path: 'rows.csv', line: 3, column: 1 });
  });

  it('takes repeat, concurrency, time limit and pauses from evaluateOptions', async () => {
    const text = (options: string) =>
      `prompts: [x]\nproviders: [echo]\nevaluateOptions: ${options}\ntests: [{ assert: [{ type: contains, value: x }] }]\n`;
    const plain = await suiteOf(text('{ repeat: 3, maxConcurrency: 9, timeoutMs: 500 }'));
    assert.deepEqual([plain.repeat, plain.maxConcurrency, plain.timeoutMs], [3, 9, 500]);
    const slow = await suiteOf(text('{ delay: 20, maxConcurrency: 9 }'));
    assert.equal(slow.maxConcurrency, 1);
    assert.equal(plain.cascade.mode, 'full');
    assert.equal(plain.cascade.weights, null);
  });

  it('makes further suites of tests that choose their targets', async () => {
    const { config } = await workspaceOf({
      [CONFIG]: `
prompts: [{ raw: a, label: a }, { raw: b, label: b }]
providers: [echo]
tests:
  - assert: [{ type: contains, value: a }]
  - prompts: [b]
    assert: [{ type: contains, value: b }]
  - options: { repeat: 2 }
    assert: [{ type: contains, value: a }]
`,
    });
    assert.deepEqual(
      config.suites.map((suite) => [suite.targets.length, suite.repeat, suite.cases?.length]),
      [
        [2, 1, 1],
        [1, 1, 1],
        [2, 2, 1],
      ],
    );
  });

  it('knows OpenAI-compatible providers and their own addresses', async () => {
    const { config } = await workspaceOf({
      [CONFIG]: `
prompts: [x]
providers:
  - openai:chat:gpt-4o
  - id: openai:local-model
    config: { apiBaseUrl: 'http://127.0.0.1:1/v1', temperature: 0.5, stop: [END], verbosity: low }
  - groq:llama-3
  - "{{ env.OTHER or 'openai:fallback' }}"
tests: [{ assert: [{ type: contains, value: x }] }]
`,
    });
    const [suite] = config.suites;
    assert.ok(suite);
    const targets = targetsOf(suite);
    const parameters = targets.map(({ asks }) => asks?.request({ id: 'c' }).parameters);
    assert.deepEqual(
      targets.map(({ capabilities }) => capabilities.model?.reference),
      ['openai/gpt-4o', 'openai-2/local-model', 'groq/llama-3', 'openai/fallback'],
    );
    assert.deepEqual(parameters[0], { temperature: 0, maxTokens: 1024 });
    assert.deepEqual(parameters[1], {
      temperature: 0.5,
      maxTokens: 1024,
      stop: ['END'],
      extra: { verbosity: 'low' },
    });
    assert.equal(config.providers['groq']?.apiKey, `\${env:GROQ_API_KEY}`);
  });

  it('reaches Azure at the resource that the file or the environment names, with the key for Azure alone', async () => {
    const { config } = await workspaceOf(
      {
        [CONFIG]: `
prompts: [x]
providers:
  - { id: azure:chat:mine, config: { apiHost: 'https://one.openai.azure.com/' } }
  - azure:other
  - { id: azure:chat:elsewhere, config: { apiHost: azure.example } }
tests:
  - assert:
      - type: llm-rubric
        value: polite
        provider: { id: 'azure:chat:{{ env.DEPLOYMENT }}', config: { apiHost: '{{ env.JUDGE_HOST }}' } }
`,
      },
      {
        AZURE_API_HOST: 'two.openai.azure.com',
        AZURE_API_KEY: 'k',
        DEPLOYMENT: 'judge',
        JUDGE_HOST: 'three.openai.azure.com',
      },
    );
    const key = `\${env:AZURE_API_KEY}`;
    assert.deepEqual(
      Object.entries(config.providers).flatMap(([name, { baseUrl, apiKey }]) =>
        name.startsWith('azure') ? [[name, baseUrl, apiKey]] : [],
      ),
      [
        ['azure', 'https://one.openai.azure.com/openai/v1', key],
        ['azure-2', 'https://two.openai.azure.com/openai/v1', key],
        ['azure-3', 'https://azure.example/openai/v1', undefined],
        ['azure-4', 'https://three.openai.azure.com/openai/v1', key],
      ],
    );
  });

  it('takes env:NAME for the variable that is meant, and warns of keys', async () => {
    const { workspace, problems } = await loadFiles({
      [CONFIG]: `
prompts: [x]
providers:
  - { id: openrouter:m, config: { apiKey: 'env:OPENROUTER_API_KEY' } }
  - { id: groq:m, config: { apiKey: gsk-123 } }
tests: [{ assert: [{ type: contains, value: x }] }]
`,
    });
    assert.equal(workspace?.config.providers['openrouter']?.apiKey, `\${env:OPENROUTER_API_KEY}`);
    assert.deepEqual(
      problems.map(({ code, location }) => [code, location.line]),
      [['literal-key', 5]],
    );
  });

  it('never gives the key of OpenAI to the address of a file', async () => {
    const { workspace, problems } = await loadFiles(
      {
        [CONFIG]: `
prompts: [x]
providers:
  - { id: openai:m, config: { apiBaseUrl: 'https://elsewhere.example/v1' } }
  - { id: openai:n, config: { apiBaseUrl: 'https://third.example/v1', apiKeyEnvar: THIRD_KEY } }
tests: [{ assert: [{ type: contains, value: x }] }]
`,
      },
      { OPENAI_API_KEY: 'secret' },
    );
    assert.ok(workspace);
    const { providers } = workspace.config;
    assert.equal(providers['openai-2']?.apiKey, undefined);
    assert.equal(providers['openai-3']?.apiKey, `\${env:THIRD_KEY}`);
    assert.deepEqual(
      problems.map(({ code, location }) => [code, location.line]),
      [['promptfoo-key', 4]],
    );
  });

  it('says by name and line what is not supported', async () => {
    const { workspace, problems } = await loadFiles({
      [CONFIG]: `prompts: [file://make.py]
providers:
  - echo
  - python:agent.py
tests:
  - vars: { x: file://photo.png }
    assert: [{ type: contains, value: a }]
  - assert:
      - { type: ruby, value: output.size }
  - assertScoringFunction: file://score.py
    assert: [{ type: contains, value: a }]
  - file://cases.js
  - vars: { x: 1 }
extensions: [file://hook.js]
`,
    });
    assert.ok(workspace);
    assert.deepEqual(
      problems.map(({ code, severity, location }) => [code, severity, location.line]),
      [
        ['unsupported-prompt', 'warning', 1],
        ['unsupported-provider', 'warning', 4],
        ['unusable-test', 'warning', 6],
        ['unsupported-assertion', 'warning', 8],
        ['unusable-test', 'warning', 10],
        ['unsupported-tests', 'warning', 12],
        ['no-assertion', 'warning', 13],
        ['unsupported-key', 'warning', 14],
      ],
    );
  });

  it('says at the test which variable an assertion lacks, once', async () => {
    const { workspace, problems } = await loadFiles({
      [CONFIG]: `prompts: [x]
providers: [echo]
defaultTest: { options: { provider: 'openai:chat:judge' } }
tests:
  - vars: { query: q }
    assert: [{ type: context-faithfulness }]
  - vars: { query: q }
    assert: [{ type: context-faithfulness, contextTransform: output.docs }]
  - vars: { context: c }
    assert: [{ type: not-context-relevance }]
  - vars: { query: other }
    assert: [{ type: context-faithfulness }]
`,
    });
    assert.ok(workspace);
    assert.deepEqual(
      problems.map(({ code, location, message }) => [code, location.line, message]),
      [
        [
          'missing-variable',
          5,
          'context-faithfulness needs a variable "context", which a test does not have',
        ],
        ['missing-variable', 9, 'context-relevance needs a variable "query", which a test does not have'],
      ],
    );
  });

  it('reports missing files, references that lead nowhere, and files outside of the workspace', async () => {
    const cases: [string, string][] = [
      ['prompts: [file://none.txt]\nproviders: [echo]\n', 'missing-file'],
      ['prompts: [x]\nproviders: [echo]\ntests: file://none.csv\n', 'invalid-tests'],
      ['prompts: [file://../../../etc/passwd.txt]\nproviders: [echo]\n', 'missing-file'],
      [
        "prompts: [x]\nproviders: [echo]\ntests: [{ assert: [{ $ref: '#/assertionTemplates/a' }] }]\n",
        'invalid-reference',
      ],
      ['prompts: [x]\ntests: [{ assert: [{ type: contains, value: x }] }]\n', 'no-providers'],
    ];
    for (const [text, code] of cases) {
      const { workspace, problems } = await loadFiles({ [CONFIG]: text });
      assert.equal(workspace, undefined, text);
      assert.ok(
        problems.some((problem) => problem.severity === 'error' && problem.code === code),
        `${text}: ${JSON.stringify(problems)}`,
      );
    }
  });

  it('refuses templates that lead in a circle', async () => {
    const { problems } = await loadFiles({
      [CONFIG]: `
prompts: [x]
providers: [echo]
assertionTemplates: { a: { $ref: '#/assertionTemplates/b' }, b: { $ref: '#/assertionTemplates/a' } }
tests: [{ assert: [{ $ref: '#/assertionTemplates/a' }] }]
`,
    });
    assert.match(problems[0]?.message ?? '', /circle/);
  });

  it('bounds the combinations of lists', async () => {
    const list = JSON.stringify(Array.from({ length: 400 }, (_, index) => `v${index}`));
    const { problems } = await loadFiles({
      [CONFIG]: `prompts: [x]\nproviders: [echo]\ntests: [{ vars: { a: ${list}, b: ${list}, c: ${list} }, assert: [{ type: contains, value: x }] }]\n`,
    });
    assert.match(problems[0]?.message ?? '', /more than 100000 combinations/);
  });
});
