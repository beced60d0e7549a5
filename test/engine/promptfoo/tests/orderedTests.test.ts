import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { startOpenAiServer } from '../../../support/openaiServer.ts';
import { loadFiles, runFiles } from '../promptfooRun.ts';

const CONFIG = 'promptfooconfig.yaml';

describe('promptfoo tests that read what earlier ones gave', function () {
  this.timeout(30_000);

  it('tells a model of the conversation so far, each target of its own', async () => {
    const server = await startOpenAiServer(({ body }) => ({
      text: `${body.model} ${body.messages.length} "${body.messages.at(-1)?.content}"`,
    }));
    try {
      const provider = (model: string) =>
        `{ id: 'openai:chat:${model}', config: { apiBaseUrl: '${server.baseUrl}', apiKey: k } }`;
      const results = await runFiles({
        [CONFIG]: `
prompts: [file://chat.json]
providers: [${provider('m')}, ${provider('n')}]
defaultTest: { assert: [{ type: contains, value: '{{q}}' }] }
tests:
  - { vars: { q: first } }
  - { vars: { q: second } }
  - { vars: { q: third }, assert: [{ type: javascript, value: 'context.vars._conversation[0].input === "first"' }] }
`,
        'chat.json': `[
  {% for turn in _conversation %}
  { "role": "user", "content": {{ turn.input | dump }} },
  { "role": "assistant", "content": {{ turn.output | dump }} },
  {% endfor %}
  { "role": "user", "content": "{{ q }}" }
]
`,
      });
      const texts = (target: string) =>
        results.filter((result) => result.target === target).map(({ output }) => output.text);
      const [first = '', second = ''] = [...new Set(results.map(({ target }) => target))];
      assert.deepEqual(texts(first), ['m 1 "first"', 'm 3 "second"', 'm 5 "third"']);
      assert.deepEqual(texts(second), ['n 1 "first"', 'n 3 "second"', 'n 5 "third"']);
      assert.ok(results.every(({ status }) => status === 'passed'));
      const last = server.requests.findLast(({ body }) => body.model === 'm');
      assert.equal(last?.body.messages[3]?.content, 'm 3 "second"');
    } finally {
      await server.close();
    }
  });

  it('takes the turns of one conversation for a cluster', async () => {
    const results = await runFiles({
      [CONFIG]: `
prompts: ['{{ _conversation | length }} {{q}}']
providers: [echo]
defaultTest: { assert: [{ type: contains, value: '{{q}}' }] }
tests:
  - { vars: { q: a }, metadata: { conversationId: shop } }
  - { vars: { q: b }, metadata: { conversationId: shop } }
  - { vars: { q: c }, metadata: { conversationId: 7 } }
  - { vars: { q: d }, metadata: { topic: none } }
`,
    });
    assert.deepEqual(
      results.map(({ cluster, output }) => [output.text, cluster]),
      [
        ['0 a', 'conversation shop'],
        ['1 b', 'conversation shop'],
        ['0 c', 'conversation 7'],
        ['0 d', undefined],
      ],
    );
  });

  it('never reads an output as a template', async () => {
    const results = await runFiles({
      [CONFIG]: `
prompts: ['{{said}} {{q}}']
providers: [echo]
env: { SECRET: hidden }
tests:
  - vars: { q: x }
    providerOutput: '{{ q }} {{ env.SECRET }} {{ said }}'
    options: { storeOutputAs: said }
    assert: [{ type: contains, value: q }]
  - vars: { q: 'y {{said}}' }
    assert: [{ type: equals, value: '{{said}} y {{said}}' }]
`,
    });
    const text = '{{ q }} {{ env.SECRET }} {{ said }}';
    assert.equal(results[1]?.output.text, `${text} y ${text}`);
    assert.equal(results[1]?.status, 'passed');
  });

  it('is an error for a prompt whose variable no test has stored', async () => {
    const results = await runFiles({
      [CONFIG]: `
prompts: ['{{said}} {{q}}']
providers: [echo]
tests:
  - { vars: { q: x, said: y }, options: { storeOutputAs: said, transform: '""' }, assert: [{ type: equals, value: '' }] }
  - { vars: { q: y }, assert: [{ type: contains, value: y }] }
`,
    });
    assert.deepEqual(
      results.map(({ status }) => status),
      ['passed', 'errored'],
    );
    assert.match(results[1]?.reason ?? '', /"said" is the output of test-1, which gave none/);
  });

  it('says where a test reads what a test of other targets stores', async () => {
    const { workspace, problems } = await loadFiles({
      [CONFIG]: `prompts: [{ raw: '{{q}}', label: a }, { raw: '{{q}}!', label: b }]
providers: [echo]
tests:
  - { vars: { q: x }, prompts: [a], options: { storeOutputAs: said }, assert: [{ type: contains, value: x }] }
  - { vars: { q: '{{said}}' }, prompts: [b], assert: [{ type: contains, value: x }] }
  - { vars: { q: saidnot }, prompts: [b], assert: [{ type: contains, value: x }] }
`,
    });
    assert.ok(workspace);
    assert.deepEqual(
      problems.map(({ code, location }) => [code, location.line]),
      [['unsupported-test', 5]],
    );
  });

  it('runs serial tests first, one at a time', async () => {
    const server = await startOpenAiServer(({ body }) => ({ text: String(body.messages.at(-1)?.content) }));
    try {
      const results = await runFiles({
        [CONFIG]: `
prompts: ['{{q}}']
providers: [{ id: 'openai:chat:m', config: { apiBaseUrl: '${server.baseUrl}', apiKey: k } }]
defaultTest: { assert: [{ type: equals, value: '{{q}}' }] }
tests:
  - { vars: { q: a } }
  - { vars: { q: b }, options: { runSerially: true } }
  - { vars: { q: c }, options: { runSerially: true } }
`,
      });
      assert.ok(results.every(({ status }) => status === 'passed'));
      assert.deepEqual(
        server.requests.map(({ body }) => body.messages.at(-1)?.content),
        ['b', 'c', 'a'],
      );
    } finally {
      await server.close();
    }
  });
});
