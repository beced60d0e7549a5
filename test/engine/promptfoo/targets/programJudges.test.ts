import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'mocha';
import { skip } from '../../../support/skip.ts';
import { loadFiles, runFiles } from '../promptfooRun.ts';

const CONFIG = 'promptfooconfig.yaml';
const hasPython = spawnSync('python3', ['--version']).status === 0;

const JUDGES: { [path: string]: string } = {
  // Answers well where it was asked with the chat as JSON.
  'judge.mjs': `export default class {
  constructor(options) { this.options = options; }
  id() { return 'mine'; }
  async callApi(prompt) {
    const chat = JSON.parse(prompt);
    const score = chat.length > 0 && this.options.config.score;
    return { output: JSON.stringify({ reason: 'by the program', score, pass: score > 0.5 }), tokenUsage: { prompt: 3, completion: 4 }, cost: 0.5 };
  }
}
`,
  'judge.py': `import json
def call_api(prompt, options, context):
    json.loads(prompt)
    return {'output': json.dumps({'reason': 'by Python', 'score': options['config']['score'], 'pass': True})}
`,
  'exec.mjs': `JSON.parse(process.argv[2]); console.log(JSON.stringify({ reason: 'by exec', score: 1, pass: true }));\n`,
  'broken.mjs': `export default { callApi: async () => ({ error: 'no credentials' }) };\n`,
};

const suite = (provider: string): { [path: string]: string } => ({
  [CONFIG]: `
prompts: ['{{q}}']
providers: [echo]
defaultTest: { options: { provider: ${provider} } }
tests: [{ vars: { q: hi }, assert: [{ type: llm-rubric, value: polite }] }]
`,
  ...JUDGES,
});

describe('judges of promptfoo suites that are no models', function () {
  this.timeout(60_000);

  const judges: [provider: string, status: 'passed' | 'failed', reason: RegExp][] = [
    ['{ id: file://judge.mjs, config: { score: 1 } }', 'passed', /by the program/],
    ['{ id: file://judge.mjs, config: { score: 0 } }', 'failed', /by the program/],
    ['{ id: python:judge.py, config: { score: 1 } }', 'passed', /by Python/],
    ['{ id: file://judge.py, config: { score: 1 } }', 'passed', /by Python/],
    ['{ text: { id: file://judge.mjs, config: { score: 1 } } }', 'passed', /by the program/],
    ['"exec:node exec.mjs"', 'passed', /by exec/],
  ];
  for (const [provider, status, reason] of judges) {
    it(`asks ${provider}: ${status}`, async function () {
      if (provider.includes('.py') && !hasPython) skip(this, 'python3 is not installed');
      const [result] = await runFiles(suite(provider));
      assert.equal(result?.status, status, result?.reason);
      const [evaluation] = result?.evaluations ?? [];
      assert.match(evaluation?.reason ?? '', reason);
      assert.equal(evaluation?.stage, 'judge');
    });
  }

  it('counts what they report', async () => {
    const [result] = await runFiles(suite('{ id: file://judge.mjs, config: { score: 1 } }'));
    const [evaluation] = result?.evaluations ?? [];
    assert.ok(evaluation?.status === 'scored');
    assert.equal(evaluation.costUsd, 0.5);
    assert.deepEqual(evaluation.usage, { inputTokens: 3, outputTokens: 4 });
  });

  it('asks HTTP providers', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => asked.push(chunk));
      request.on('end', () =>
        response.end(JSON.stringify({ text: '{"reason":"by HTTP","score":1,"pass":true}' })),
      );
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const provider = `{ id: http, config: { url: 'http://127.0.0.1:${port}/', method: POST, body: { ask: '{{prompt}}' }, transformResponse: json.text } }`;
      const [result] = await runFiles(suite(provider));
      assert.equal(result?.status, 'passed', result?.reason);
      assert.match(asked.join(''), /polite/);
    } finally {
      server.close();
    }
  });

  it('asks the judge of an assertion before that of the test, each by itself', async () => {
    const results = await runFiles({
      [CONFIG]: `
prompts: ['{{q}}']
providers: [echo]
defaultTest: { options: { provider: { id: file://judge.mjs, config: { score: 0 } } } }
tests:
  - { vars: { q: hi }, assert: [{ type: llm-rubric, value: polite, provider: { id: file://judge.mjs, config: { score: 1 } } }] }
  - { vars: { q: hi }, assert: [{ type: llm-rubric, value: polite }] }
`,
      ...JUDGES,
    });
    assert.deepEqual(
      results.map(({ status }) => status),
      ['passed', 'failed'],
    );
  });

  it('does not run them without trust, and says so', async () => {
    for (const provider of ['file://judge.mjs', 'python:judge.py', '"exec:node exec.mjs"']) {
      const [result] = await runFiles(suite(provider), { trust: { scripts: false, commands: false } });
      assert.equal(result?.status, 'errored', provider);
      assert.match(result?.reason ?? '', /trust/, provider);
    }
  });

  it('says what a judge reports as an error', async () => {
    const [result] = await runFiles(suite('file://broken.mjs'));
    assert.equal(result?.status, 'errored');
    assert.match(result?.reason ?? '', /the call to the judge failed: no credentials/);
  });

  it('says of one that is not supported or not there, before anything is run', async () => {
    for (const [provider, message] of [
      ['bedrock:claude', /"bedrock:claude" is not supported/],
      ['file://nowhere.mjs', /nowhere\.mjs/],
    ] as const) {
      const { problems } = await loadFiles(suite(provider));
      const found = problems.find(({ code }) => code === 'unsupported-provider');
      assert.match(found?.message ?? '', message);
      const [result] = await runFiles(suite(provider));
      assert.equal(result?.status, 'errored');
      assert.match(result?.reason ?? '', message);
    }
  });

  it('are replaced by the judge of the run, whoever they are', async () => {
    for (const provider of ['file://broken.mjs', 'openai:gpt-5-mini', 'bedrock:claude']) {
      const [result] = await runFiles(suite(provider), {
        overrides: { judge: 'program/judge.mjs' },
        environment: { OPENAI_API_KEY: 'k' },
      });
      assert.match(result?.reason ?? '', /program\/judge\.mjs|“program”/, provider);
    }
  });
});
