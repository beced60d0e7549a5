import assert from 'node:assert/strict';
import { PromptError } from '../../../../src/engine/errors.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { ModelParameters } from '../../../../src/engine/model/message.ts';
import type { Output } from '../../../../src/engine/model/output.ts';
import { createModelCatalog } from '../../../../src/engine/models/catalog.ts';
import type { ProviderConfig } from '../../../../src/engine/models/modelProvider.ts';
import { fixedEnvironment, noLog, noSpan } from '../../../../src/engine/ports.ts';
import { parsePrompt } from '../../../../src/engine/prompts/parsePrompt.ts';
import { createPromptTarget } from '../../../../src/engine/targets/prompt/promptTarget.ts';
import type { Target } from '../../../../src/engine/targets/target.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../../../support/openaiServer.ts';
import { countingRandom, manualClock } from '../../models/manualClock.ts';

const ANSWER = `---
name: Answer
model:
  parameters: { temperature: 0.1, max_tokens: 90 }
inputs:
  question: { type: string }
---
system:
You answer questions on orders.

user:
{{question}}
`;

describe('the prompt target', () => {
  const servers: OpenAiServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function serve(...script: Script[]): Promise<OpenAiServer> {
    const server = await startOpenAiServer(script);
    servers.push(server);
    return server;
  }

  function targetOf(
    server: OpenAiServer | string,
    prompt: { path?: string; text?: string } = {},
    options: { parameters?: ModelParameters; model?: string; provider?: Partial<ProviderConfig> } = {},
  ): Target {
    const clock = manualClock(30_000);
    const baseUrl = typeof server === 'string' ? server : server.baseUrl;
    const catalog = createModelCatalog(
      { local: { baseUrl, ...options.provider } },
      { environment: fixedEnvironment({}), clock, random: countingRandom(), log: noLog },
    );
    return createPromptTarget({
      name: 'answer',
      prompt: parsePrompt(
        { path: prompt.path ?? 'prompts/answer.prompty', text: prompt.text ?? ANSWER },
        { root: '.', environment: fixedEnvironment({}) },
      ),
      client: catalog.client(options.model ?? 'local/tiny'),
      clock,
      ...(options.parameters ? { parameters: options.parameters } : {}),
    });
  }

  function call(target: Target, golden: Partial<GoldenCase>, timeoutMs = 60_000): Promise<Output> {
    return target.call(
      { case: { id: 'c1', ...golden }, trial: 0, seed: 4711 },
      { signal: new AbortController().signal, span: noSpan, timeoutMs },
    );
  }

  async function sent(prompt: { path?: string; text?: string }, golden: Partial<GoldenCase>) {
    const server = await serve({ text: 'ok' });
    await call(targetOf(server, prompt), golden);
    return server.requests[0]?.body.messages.map(({ role, content }) => ({ role, content }));
  }

  const system = { role: 'system', content: 'You answer questions on orders.' };

  describe('what is sent', () => {
    it('puts a text into the only required variable', async () => {
      assert.deepEqual(await sent({}, { input: 'Where is {{ my }} order?' }), [
        system,
        { role: 'user', content: 'Where is {{ my }} order?' },
      ]);
    });

    it('takes variables by name', async () => {
      assert.deepEqual(await sent({}, { input: { question: 'Where?', unused: 1 } }), [
        system,
        { role: 'user', content: 'Where?' },
      ]);
    });

    it('adds the text as a user message where no variable takes it', async () => {
      const chat = '[{"role": "user", "content": "Be brief."}]';
      assert.deepEqual(await sent({ path: 'rules.json', text: chat }, { input: 'Why?' }), [
        { role: 'user', content: 'Be brief.' },
        { role: 'user', content: 'Why?' },
      ]);
      assert.deepEqual(
        await sent(
          { path: 'x/SKILL.md', text: '---\nname: x\ndescription: y\n---\nBe brief.\n' },
          { input: 'Why?' },
        ),
        [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Why?' },
        ],
      );
    });

    it('adds variables that the prompt does not know as JSON', async () => {
      const messages = await sent({ path: 'rules.txt', text: 'Be brief.' }, { input: { order: 7 } });
      assert.deepEqual(messages?.at(-1), { role: 'user', content: '{\n  "order": 7\n}' });
    });

    const turns = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Good day' },
      { role: 'user', content: 'Where is it?' },
    ];
    for (const [form, golden] of [
      ['messages', { messages: turns }],
      ['input.messages', { input: { messages: turns } }],
      ['a list as input', { input: turns }],
    ] as const) {
      it(`continues a conversation after the system message (${form})`, async () => {
        assert.deepEqual(await sent({}, structuredClone(golden) as Partial<GoldenCase>), [system, ...turns]);
      });
    }

    it('appends a conversation to a prompt without variables', async () => {
      const prompt = { path: 'x.agent.md', text: 'You are an agent.' };
      assert.deepEqual(await sent(prompt, { messages: turns }), [
        { role: 'system', content: 'You are an agent.' },
        ...turns,
      ]);
    });

    it('keeps tool calls and their results in a conversation', async () => {
      const server = await serve({ text: 'ok' });
      const calls = [{ id: 'k', type: 'function', function: { name: 'find', arguments: '{"id":1}' } }];
      await call(targetOf(server, { path: 'x.agent.md', text: 'You are an agent.' }), {
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'find 1' }] },
          { role: 'assistant', content: null, tool_calls: calls },
          { role: 'tool', content: 'found', tool_call_id: 'k' },
        ],
      });
      assert.deepEqual(server.requests[0]?.body.messages.slice(1), [
        { role: 'user', content: [{ type: 'text', text: 'find 1' }] },
        { role: 'assistant', content: '', tool_calls: calls },
        { role: 'tool', content: 'found', tool_call_id: 'k' },
      ]);
    });

    it('rejects with a PromptError for a missing variable, before any call', async () => {
      const server = await serve();
      await assert.rejects(call(targetOf(server), { input: {} }), (error) => {
        assert(error instanceof PromptError);
        assert.match(error.message, /question/);
        return true;
      });
      assert.equal(server.requests.length, 0);
    });

    it('rejects with a PromptError for a role that no model knows', async () => {
      const server = await serve();
      const golden = { messages: [{ role: 'narrator', content: 'Once' }] };
      await assert.rejects(call(targetOf(server), golden), /case "c1".*role "narrator"/);
    });

    it('merges settings: its own replace the prompt’s, and the trial’s seed fills in', async () => {
      const server = await serve({ text: 'a' }, { text: 'b' });
      await call(targetOf(server, {}, { parameters: { temperature: 1 } }), { input: 'x' });
      await call(targetOf(server, {}, { parameters: { seed: 5 } }), { input: 'x' });
      const [first, second] = server.requests.map(({ body }) => body);
      assert.deepEqual([first?.['temperature'], first?.['max_tokens'], first?.['seed']], [1, 90, 4711]);
      assert.deepEqual([second?.['temperature'], second?.['seed']], [0.1, 5]);
    });

    it('goes without the seed where the provider refuses it, and remembers', async () => {
      const server = await serve({ status: 400, param: 'seed' }, { text: 'a' }, { text: 'b' });
      const target = targetOf(server);
      const first = await call(target, { input: 'x' });
      const second = await call(target, { input: 'x' });
      assert.deepEqual([first.text, second.text], ['a', 'b']);
      assert.deepEqual(
        server.requests.map(({ body }) => body['seed']),
        [4711, undefined, undefined],
      );
    });
  });

  describe('what comes back', () => {
    it('is a complete output with usage, cost and model', async () => {
      const server = await serve({ text: 'On its way.', usage: { input: 100, output: 10 } });
      const provider = { prices: { tiny: { input: 2, output: 4 } } };
      const output = await call(targetOf(server, {}, { provider }), { input: 'x' });
      assert.deepEqual(output, {
        status: 'complete',
        text: 'On its way.',
        toolCalls: [],
        steps: [],
        usage: { inputTokens: 100, outputTokens: 10, cachedInputTokens: 0, reasoningTokens: 0 },
        costUsd: 0.00024,
        latencyMs: 0,
        model: 'tiny-2026-01-01',
        metadata: { responseId: 'chatcmpl-scripted', firstTokenMs: 0 },
        finishReason: 'stop',
      });
    });

    const JSON_PROMPT = `messages:
  - role: user
    content: 'Sort {{input}}'
responseFormat: json_schema
jsonSchema: '{"name": "kind", "schema": {"type": "object"}}'
`;
    it('is parsed where the prompt asks for JSON, and stays text where it is none', async () => {
      const server = await serve({ text: '{"id": 12345678901234567890}' }, { text: 'Sorry.' });
      const target = targetOf(server, { path: 'sort.prompt.yml', text: JSON_PROMPT });
      const good = await call(target, { input: 'x' });
      const bad = await call(target, { input: 'x' });
      assert(good.status === 'complete' && bad.status === 'complete');
      assert.deepEqual(good.json, { id: '12345678901234567890' });
      assert.equal('json' in bad, false);
    });

    it('shows a refusal as a complete output with the finish reason refusal', async () => {
      const server = await serve({ refusal: 'I must not.' });
      const output = await call(targetOf(server), { input: 'x' });
      assert.equal(output.status, 'complete');
      assert.equal(output.text, 'I must not.');
      assert.equal(output.finishReason, 'refusal');
    });

    it('is incomplete for a cut stream', async () => {
      const server = await serve({ text: 'On its w', cut: 'socket' });
      const output = await call(targetOf(server), { input: 'x' });
      assert(output.status === 'incomplete');
      assert.equal(output.text, 'On its w');
      assert.notEqual(output.reason, '');
    });

    it('is an error where the reply says nothing, with what it cost', async () => {
      const body = {
        choices: [{ message: { role: 'assistant', content: null }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 9, completion_tokens: 3 },
      };
      const server = await serve({ raw: JSON.stringify(body), contentType: 'application/json' });
      const output = await call(targetOf(server), { input: 'x' });
      assert(output.status === 'error');
      assert.equal(output.error.code, 'no-output');
      assert.match(output.error.message, /the model gave no output/);
      assert.deepEqual(output.usage, { inputTokens: 9, outputTokens: 3 });
    });

    it('is an error with the code of the failure, and an unknown cost', async () => {
      const server = await serve({ status: 401, message: 'no such key' });
      const output = await call(targetOf(server), { input: 'x' });
      assert(output.status === 'error');
      assert.deepEqual(output.error, { code: 'auth', message: '401 no such key', transient: false });
      assert.equal(output.costUsd, null);
    });
  });

  describe('its hash', () => {
    const base = () => targetOf('http://127.0.0.1:1/v1').hash;
    it('is the same for the same target', () => assert.equal(base(), base()));

    const changes: { [what: string]: () => Target } = {
      prompt: () => targetOf('http://127.0.0.1:1/v1', { text: ANSWER.replace('orders', 'parcels') }),
      model: () => targetOf('http://127.0.0.1:1/v1', {}, { model: 'local/big' }),
      'base URL': () => targetOf('http://127.0.0.1:2/v1'),
      settings: () => targetOf('http://127.0.0.1:1/v1', {}, { parameters: { temperature: 0.2 } }),
    };
    for (const [what, change] of Object.entries(changes)) {
      it(`changes with the ${what}`, () => assert.notEqual(change().hash, base()));
    }
  });
});
