import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { skip } from '../../../support/skip.ts';
import { runWorkspace, workspaceOf } from '../promptfooRun.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

const FILES = {
  'agent.mjs': 'process.stdout.write(`exec: ${process.argv.at(-3)}`);\n',
  'provider.mjs':
    'export default async (prompt) => ({ output: { said: prompt }, tokenUsage: { prompt: 3, completion: 4 }, cost: 0.5 });\n',
  'provider.py': 'def call_api(prompt, options, context):\n    return {"output": "python: " + prompt}\n',
  'write.mjs': 'export default ({ vars }) => `written for ${vars.x}`;\n',
};

const told = (results: readonly TrialResult[]) =>
  results.map(({ status, output, evaluations }) => ({
    status,
    text: output.text,
    json: output.status === 'complete' ? output.json : undefined,
    raw: output.status === 'complete' ? output.raw : undefined,
    usage: output.usage,
    costUsd: output.costUsd,
    turn: output.metadata?.['conversationTurn'],
    scores: evaluations.map((evaluation) => [evaluation.name, evaluation.status]),
  }));

describe('a recorded promptfoo target', () => {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    request.resume().on('end', () => {
      const choices = [{ message: { role: 'assistant', content: 'from the model' }, finish_reason: 'stop' }];
      const usage = { prompt_tokens: 3, completion_tokens: 4 };
      const chat = { id: 'c', model: 'm', object: 'chat.completion', created: 1, choices, usage };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify(request.url === '/v1/chat/completions' ? chat : { output: 'from the server' }),
      );
    });
  });
  let base = '';
  before((done) => {
    server.listen(0, '127.0.0.1', () => {
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => server.close());

  const model = () =>
    `{ id: 'openai:m', config: { apiBaseUrl: '${base}/v1', apiKeyEnvar: MODEL_KEY, cost: 0.001 } }`;
  const kinds: [name: string, provider: () => string, prompt?: string][] = [
    ['echo', () => 'echo'],
    ['a server', () => `{ id: '${base}/', config: { method: POST, body: { p: '{{prompt}}' } } }`],
    ['a program', () => `'exec:node agent.mjs'`],
    ['a module', () => 'file://provider.mjs'],
    ['a module in Python', () => 'file://provider.py'],
    ['a model', model],
    ['a model whose prompt a function writes', model, 'file://write.mjs'],
    ['echo of a prompt that a function writes', () => 'echo', 'file://write.mjs'],
    ['a model that is told of the conversation', model, '{{x}} {{ _conversation | dump }}'],
  ];

  for (const [name, provider, prompt = 'say {{x}}'] of kinds)
    it(`answers again as it did, without keys and trust: ${name}`, async function () {
      if (name.includes('Python') && !hasPython) skip(this, 'there is no Python');
      const workspace = await workspaceOf({
        ...FILES,
        'promptfooconfig.yaml': `
prompts: [${JSON.stringify(prompt)}]
providers: [${provider()}]
tests:
  - vars: { x: one }
    assert: [{ type: javascript, value: 'context.prompt.length > 2' }, { type: contains, value: o }]
  - vars: { x: two }
    assert: [{ type: javascript, value: 'context.provider.id().length > 3' }]
`,
      });
      const folder = path.join(workspace.root, 'replies');
      const recorded = await runWorkspace(workspace, {
        environment: { MODEL_KEY: 'key-of-the-model' },
        overrides: { recordings: { mode: 'record', folder } },
      });
      assert.ok(
        recorded.every(({ status }) => status === 'passed'),
        JSON.stringify(recorded.map((r) => r.reason)),
      );

      const before = calls;
      const replayed = await runWorkspace(workspace, {
        trust: { commands: false, scripts: true },
        overrides: { recordings: { mode: 'replay', folder } },
      });
      assert.deepEqual(told(replayed), told(recorded));
      assert.equal(calls, before);
    });
});
