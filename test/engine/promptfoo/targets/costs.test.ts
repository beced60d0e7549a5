import assert from 'node:assert/strict';
import os from 'node:os';
import { describe, it } from 'mocha';
import { createEngine } from '../../../../src/engine/engine.ts';
import { wholeClient } from '../../../../src/engine/models/clientForms.ts';
import type { ModelReply, ModelRequest } from '../../../../src/engine/models/modelClient.ts';
import { fixedEnvironment, noLog, noSpan, systemClock } from '../../../../src/engine/ports.ts';
import { describeTarget } from '../../../../src/engine/suites/targets/describeTarget.ts';
import { targetsOf } from '../createdTargets.ts';
import { workspaceOf } from '../promptfooRun.ts';

const CONFIG = 'promptfooconfig.yaml';
const { signal } = new AbortController();

const text = `
prompts: ['Say {{x}}']
providers:
  - { id: 'openai:gpt-4o', label: model, config: { inputCost: 0.001, outputCost: 0.002, max_tokens: 50 } }
  - { id: echo, label: said }
tests:
  - vars: { x: one }
    assert: [{ type: contains, value: o }]
  - vars: { x: two }
    assert: [{ type: contains, value: o }]
`;

async function estimateOf(files: { [path: string]: string }) {
  const workspace = await workspaceOf(files);
  const engine = createEngine(workspace, {
    clock: systemClock,
    random: { next: () => 0.5, hex: (bytes) => '0'.repeat(bytes * 2) },
    environment: fixedEnvironment({ OPENAI_API_KEY: 'key' }),
    log: noLog,
    owner: { pid: process.pid, host: os.hostname(), started: null, alive: () => true },
    trust: { commands: true, scripts: true },
  });
  try {
    const [prepared] = await engine.prepare(workspace.config.suites[0]?.name ?? '', {}, signal);
    assert.ok(prepared);
    const estimate = await engine.estimate(prepared, signal);
    await prepared.close();
    return estimate;
  } finally {
    engine.close();
  }
}

describe('what a model of promptfoo costs', () => {
  it('is estimated from its prompt, its price and its limit of output tokens', async () => {
    const { targets, costUsd } = await estimateOf({ [CONFIG]: text });
    const [model, echo] = targets;
    assert.deepEqual([model?.model, model?.calls], ['openai/gpt-4o', 2]);
    // "Say one" as one user message: the text's 2 tokens, 3 for the message, 1 for its role, 3 for the answer's begin.
    assert.equal(model?.inputTokens?.likely, 18);
    assert.equal(model?.outputTokens?.high, 100);
    assert.ok(model?.costUsd && Math.abs(model.costUsd.high - (18 * 0.001 + 100 * 0.002)) < 0.02);
    assert.deepEqual(echo?.costUsd, { low: 0, likely: 0, high: 0 });
    assert.notEqual(costUsd, null);
  });

  it('is unknown where a function writes the prompt', async () => {
    const written = text.replace(`'Say {{x}}'`, 'file://write.mjs');
    const { targets } = await estimateOf({ [CONFIG]: written, 'write.mjs': 'export default () => "x";\n' });
    assert.equal(targets[0]?.inputTokens, null);
    assert.equal(targets[0]?.costUsd, null);
  });
});

describe('what a promptfoo model costs that reads earlier outputs', () => {
  const conversation = text.replace(`'Say {{x}}'`, `'{{ _conversation | dump }} {{x}}'`);
  const stored = text.replace(
    '- vars: { x: one }',
    '- options: { storeOutputAs: last }\n    vars: { x: one }',
  );
  for (const [how, config] of Object.entries({ conversation, stored }))
    it(`is unknown beforehand, not too little: ${how}`, async () => {
      const { targets, notes } = await estimateOf({ [CONFIG]: config });
      assert.equal(targets[0]?.costUsd, null);
      assert.match(notes.join(' '), /the cost of model is unknown/);
    });
});

describe('a promptfoo target', () => {
  it('keeps to its token budget, and says what it was', async () => {
    const { config } = await workspaceOf({ [CONFIG]: text });
    const [suite] = config.suites;
    assert.ok(suite);
    const asked: ModelRequest[] = [];
    const reply: ModelReply = {
      status: 'complete',
      text: 'one',
      toolCalls: [],
      usage: null,
      costUsd: null,
      model: 'gpt-4o',
      responseId: null,
      latencyMs: 1,
      firstTokenMs: null,
      finishReason: 'length',
    };
    const client = wholeClient({ provider: 'openai', model: 'gpt-4o' }, async (request) => {
      asked.push(request);
      return reply;
    });
    const allowTokens = () => ({ complexity: 'simple' as const, tokens: 20, borrowed: 5 });
    const [target] = targetsOf(suite, { models: { client: () => client }, allowTokens });
    const request = { case: { id: 'c', input: { x: 'one' } }, trial: 0, seed: 1 };
    const output = await target?.call(request, { signal, span: noSpan, timeoutMs: 1000 });
    assert.equal(asked[0]?.parameters?.maxTokens, 25);
    assert.equal(asked[0]?.parameters?.seed, undefined);
    assert.match(JSON.stringify(output?.metadata), /20/);
  });

  it('says what it can do, whatever its provider', async () => {
    const { config } = await workspaceOf({
      [CONFIG]: `
prompts: [file://chat.txt]
providers:
  - echo
  - { id: 'openai:gpt-4o', config: { tools: [{ type: function, function: { name: find } }] } }
  - { id: 'http://127.0.0.1:1/', config: { body: { p: '{{prompt}}' } } }
  - 'exec:node x.mjs'
  - nonsense:provider
tests: [{ vars: { x: 1 }, assert: [{ type: contains, value: x }] }]
`,
      'chat.txt': '{{ _conversation | dump }} {{x}}',
    });
    const targets = config.suites[0]?.targets ?? [];
    const said = targets.map((target) => {
      const { secrets: _secrets, ...capabilities } = describeTarget(target).capabilities;
      return capabilities;
    });
    const common = { promptFile: 'chat.txt', conversation: true, tools: [], model: null, agent: false };
    const nobody = { ...common, startsPrograms: false, remote: false, free: true, safeToMirror: true };
    const agent = { ...nobody, agent: true, free: false, safeToMirror: false };
    assert.deepEqual(said, [
      nobody,
      { ...nobody, model: { reference: 'openai/gpt-4o' }, tools: ['find'], free: false },
      { ...agent, remote: true },
      { ...agent, startsPrograms: true },
      nobody,
    ]);
  });
});
