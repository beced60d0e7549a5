import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { startAgentServer } from '../../support/agentServer.ts';
import { startOpenAiServer } from '../../support/openaiServer.ts';
import { runFiles } from './promptfooRun.ts';

const CONFIG = 'promptfooconfig.yaml';

describe('running a promptfooconfig.yaml', function () {
  this.timeout(30_000);

  it('never counts what is not supported as passed', async () => {
    const results = await runFiles({
      [CONFIG]: `
prompts: ['{{x}}', file://make.py]
providers: [echo, python:agent.py]
tests:
  - { vars: { x: a }, assert: [{ type: contains, value: a }] }
  - { vars: { x: a }, assert: [{ type: contains, value: a }, { type: webhook, value: 'https://x.example' }] }
  - { vars: { x: a }, options: { transformVars: 'file://vars.py' }, assert: [{ type: contains, value: a }] }
  - { vars: { x: a } }
`,
    });
    assert.equal(results.length, 16);
    assert.deepEqual(
      results.filter(({ status }) => status === 'passed').map(({ target, caseId }) => [target, caseId]),
      [['echo-prompt-1', 'test-1']],
    );
    assert.ok(results.every(({ status }) => status !== 'failed'));
  });

  it('asks for trust before it runs a transform', async () => {
    const files = {
      [CONFIG]: `
prompts: ['{{x}}']
providers: [echo]
tests: [{ vars: { x: ' a ' }, options: { transform: output.trim() }, assert: [{ type: equals, value: a }] }]
`,
    };
    const [untrusted] = await runFiles(files, { trust: { scripts: false } });
    assert.equal(untrusted?.status, 'errored');
    assert.match(untrusted?.reason ?? '', /--trust/);
    const [trusted] = await runFiles(files);
    assert.equal(trusted?.status, 'passed');
  });

  it('asks for functions as tools, and judges calls in the form of functions', async () => {
    const weather = { name: 'get_weather', arguments: '{"city":"Oslo"}' };
    const server = await startOpenAiServer([
      { toolCalls: [weather] },
      { text: 'Hi', toolCalls: [weather] },
      { toolCalls: [{ name: 'get_weather', arguments: '{}' }] },
      { text: 'Oslo' },
    ]);
    try {
      const results = await runFiles({
        [CONFIG]: `
prompts: ['{{q}}']
providers:
  - id: openai:chat:m
    config:
      apiBaseUrl: ${server.baseUrl}
      functions: [{ name: get_weather, parameters: { type: object, required: [city] } }]
      function_call: { name: get_weather }
evaluateOptions: { maxConcurrency: 1 }
tests:
  - vars: { q: a }
    assert:
      - { type: is-valid-openai-function-call }
      - { type: javascript, value: 'output.name === "get_weather" && JSON.parse(output.arguments).city === "Oslo"' }
  - vars: { q: b }
    assert:
      - { type: is-valid-function-call }
      - { type: javascript, value: 'output.content === "Hi" && output.function_call.name === "get_weather"' }
  - { vars: { q: c }, assert: [{ type: is-valid-function-call }] }
  - { vars: { q: d }, assert: [{ type: is-valid-function-call }] }
`,
      });
      assert.deepEqual(
        results.map(({ status }) => status),
        ['passed', 'passed', 'failed', 'failed'],
      );
      const { tools, tool_choice, functions } = server.requests[0]?.body ?? assert.fail();
      assert.deepEqual(tools, [
        {
          type: 'function',
          function: { name: 'get_weather', parameters: { type: 'object', required: ['city'] } },
        },
      ]);
      assert.deepEqual(tool_choice, { type: 'function', function: { name: 'get_weather' } });
      assert.equal(functions, undefined);
    } finally {
      await server.close();
    }
  });

  it('sends a chat to a model, with tools, and judges its tool calls', async () => {
    const server = await startOpenAiServer([
      { text: 'Oslo' },
      { toolCalls: [{ name: 'ping', arguments: '{"host":"a"}' }] },
    ]);
    try {
      const results = await runFiles(
        {
          [CONFIG]: `
prompts: ['[{"role":"system","content":"Be brief."},{"role":"user","content":"{{q}}"}]']
providers:
  - id: openai:chat:m
    config:
      apiBaseUrl: ${server.baseUrl}
      apiKeyEnvar: LOCAL_KEY
      tools: [{ type: function, function: { name: ping, parameters: { type: object, required: [host] } } }]
evaluateOptions: { maxConcurrency: 1 }
tests:
  - { vars: { q: 'the "capital"?' }, assert: [{ type: equals, value: Oslo }] }
  - vars: { q: ping }
    assert:
      - { type: is-valid-openai-tools-call }
      - { type: tool-call-f1, value: ping }
      - { type: javascript, value: 'output[0].function.name === "ping"' }
`,
        },
        { environment: { LOCAL_KEY: 'local', OPENAI_API_KEY: 'secret' } },
      );
      assert.deepEqual(
        results.map(({ status, reason }) => [status, reason]),
        results.map(() => ['passed', 'every evaluator passed']),
      );
      const [first] = server.requests;
      assert.deepEqual(first?.body.messages, [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'the "capital"?' },
      ]);
      assert.deepEqual([first?.body['temperature'], first?.body.model], [0, 'm']);
      assert.equal(first?.headers.authorization, 'Bearer local');
    } finally {
      await server.close();
    }
  });

  it('gives scripts the reply as data under a JSON schema, and as text under json_object', async () => {
    const server = await startOpenAiServer([{ text: '{"a":1}' }, { text: '{"a":1}' }]);
    try {
      const schema = '{ type: json_schema, json_schema: { name: a, schema: { type: object } } }';
      const results = await runFiles({
        [CONFIG]: `
prompts: [x]
providers:
  - { id: openai:m, label: data, config: { apiBaseUrl: '${server.baseUrl}', response_format: ${schema} } }
  - { id: openai:n, label: text, config: { apiBaseUrl: '${server.baseUrl}', response_format: { type: json_object } } }
tests: [{ assert: [{ type: javascript, value: '(typeof output === "string" ? JSON.parse(output) : output).a === 1' }, { type: is-json }] }]
`,
      });
      assert.deepEqual(
        results.map(({ target, status, output }) => [target, status, 'json' in output]),
        [
          ['data', 'passed', true],
          ['text', 'passed', false],
        ],
      );
    } finally {
      await server.close();
    }
  });

  it('calls an HTTP provider in its form, and reads a plain path without trust', async () => {
    await using server = await startAgentServer((call) => ({
      data: { answer: `${JSON.parse(call.body).question}!`, headers: call.headers['x-key'] },
    }));
    const [result] = await runFiles(
      {
        [CONFIG]: `
prompts: ['Say {{word}}']
providers:
  - id: https
    config:
      url: ${server.url}
      method: POST
      headers: { content-type: application/json, x-key: '{{env.AGENT_KEY}}' }
      body: { question: '{{prompt}}', about: '{{word}}' }
      transformResponse: json.data['answer']
tests: [{ vars: { word: 'a "b"' }, assert: [{ type: equals, value: 'Say a "b"!' }] }]
`,
      },
      { environment: { AGENT_KEY: 'k' }, trust: { scripts: false } },
    );
    assert.equal(result?.status, 'passed', result?.reason);
    assert.equal(server.calls[0]?.headers['x-key'], 'k');
    assert.deepEqual(JSON.parse(server.calls[0]?.body ?? ''), { question: 'Say a "b"', about: 'a "b"' });
  });

  it('escapes the values of a JSON body that is a text', async () => {
    await using server = await startAgentServer((call) => ({ output: JSON.parse(call.body).question }));
    const [result] = await runFiles({
      [CONFIG]: `
prompts: ['{{word}}']
providers:
  - id: ${server.url}
    config:
      headers: { Content-Type: application/json }
      body: '{"question": "{{prompt}}"}'
tests: [{ vars: { word: "say \\"x\\"\\nnow" }, assert: [{ type: contains, value: '"x"' }] }]
`,
    });
    assert.equal(result?.status, 'passed', result?.reason);
  });

  it('takes an HTTP error for an error, and a missing value for one too', async () => {
    await using server = await startAgentServer((call, response) => {
      if (call.body.includes('fail')) {
        response.writeHead(500).end('{"answer":"fail"}');
        return undefined;
      }
      return { other: 1 };
    });
    const results = await runFiles({
      [CONFIG]: `
prompts: ['{{x}}']
providers: [{ id: ${server.url}, config: { method: POST, body: { x: '{{x}}' }, transformResponse: json.answer } }]
tests:
  - { vars: { x: fail }, assert: [{ type: contains, value: fail }] }
  - { vars: { x: none }, assert: [{ type: not-contains, value: fail }] }
`,
    });
    assert.deepEqual(
      results.map(({ status }) => status),
      ['errored', 'errored'],
    );
  });

  it('takes a header that cannot be sent for an error of its case', async () => {
    await using server = await startAgentServer(() => 'fine');
    const results = await runFiles({
      [CONFIG]: `
prompts: ['{{x}}']
providers: [{ id: '${server.url}', config: { method: POST, headers: { X-Value: '{{x}}' }, body: { q: '{{x}}' } } }]
tests:
  - { vars: { x: "a\\nb" }, assert: [{ type: contains, value: fine }] }
  - { vars: { x: a }, assert: [{ type: contains, value: fine }] }
`,
    });
    assert.deepEqual(
      results.map(({ status }) => status),
      ['errored', 'passed'],
    );
  });

  it('hands a program the prompt, its options and the variables', async () => {
    const files = {
      [CONFIG]: `
prompts: ['Hi {{name}}']
providers: [{ id: 'exec: node "my agent.mjs"', config: { tone: warm } }]
env: { MODE: test }
tests:
  - { vars: { name: Ann }, assert: [{ type: equals, value: 'Hi Ann|warm|Ann|test|' }] }
  - { vars: { name: crash }, assert: [{ type: contains, value: Hi }] }
`,
      'my agent.mjs': `
const [prompt, options, context] = process.argv.slice(2);
if (prompt.includes('crash')) { console.error('no'); process.exit(3); }
const { MODE, SECRET = '' } = process.env;
console.log([prompt, JSON.parse(options).config.tone, JSON.parse(context).vars.name, MODE, SECRET].join('|'));
`,
    };
    const [first, second] = await runFiles(files, { environment: { SECRET: 'x' } });
    assert.equal(first?.status, 'passed', first?.reason);
    assert.equal(second?.status, 'errored');
    assert.match(second?.reason ?? '', /code 3/);
    await assert.rejects(runFiles(files, { trust: { commands: false } }), /not trusted/);
  });

  it('judges outputs that a test brings along, and hands scripts their config', async () => {
    const results = await runFiles({
      [CONFIG]: `
prompts: ['{{x}}']
providers: [python:never.py, echo]
tests:
  - providerOutput: given
    assert:
      - { type: equals, value: given }
      - { type: javascript, value: context.config.min < output.length, config: { min: 3 } }
      - { type: javascript, value: 'file://check.js', config: { min: 3 } }
`,
      'check.js': 'module.exports = (output, { config }) => output.length > config.min;\n',
    });
    assert.deepEqual(
      results.map(({ status }) => status),
      ['passed', 'passed'],
    );
  });

  it('keeps templates in outputs and values from being filled in again', async () => {
    const [result] = await runFiles({
      [CONFIG]: `
prompts: ['{{x}}']
providers: [echo]
tests: [{ vars: { x: '{{y}} {% if %}' }, assert: [{ type: contains, value: '{% raw %}{% if{% endraw %}' }] }]
`,
    });
    assert.equal(result?.status, 'passed', result?.reason);
    assert.equal(result?.output.text, '{{y}} {% if %}');
  });
});
