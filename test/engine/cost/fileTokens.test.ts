import assert from 'node:assert/strict';
import { countFile, type FileTokens } from '../../../src/engine/cost/fileTokens.ts';
import { promptParts } from '../../../src/engine/cost/promptParts.ts';
import { Tokenizers } from '../../../src/engine/models/tokens/tokenizer.ts';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import { JARGON, WEATHER, WEATHER_TOOL } from '../../support/cookbook.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { parse } from '../prompts/readPrompt.ts';

const tokenizers = new Tokenizers();

async function count(path: string, text: string, files: { [name: string]: string } = {}, model = 'gpt-4o') {
  const folder = temporaryFolder(files);
  const scope = { root: folder, environment: fixedEnvironment({}), tokenizers };
  return await countFile({ path, text }, { ...scope, model });
}

const shape = ({ kind, total, messages }: FileTokens) => [
  kind,
  total.tokens,
  total.exact,
  messages.map(({ role }) => role),
];

const WITH_TOOLS = { messages: WEATHER, tools: [{ type: 'function', function: WEATHER_TOOL }] };

describe('tokens of a chat in JSON', () => {
  for (const [model, names, tools] of [
    ['gpt-4o', 124, 101],
    ['gpt-4', 129, 105],
  ] as const) {
    it(`are those of the API, names and tools included: ${model}`, async () => {
      const named = await count('c.json', JSON.stringify(JARGON), {}, model);
      assert.deepEqual(named.total, { tokens: names, low: names, high: names, exact: true });

      const called = await count('c.json', JSON.stringify(WITH_TOOLS), {}, model);
      assert.equal(called.total.tokens, tools);
      assert.ok(called.tools);
    });
  }

  it('are 11 for one word and a name of two tokens', async () => {
    const chat = '[{"role":"system","name":"example_user","content":"hi"}]';
    assert.equal((await count('c.json', chat)).total.tokens, 3 + 1 + 1 + (1 + 2) + 3);
  });

  it('are a range with calls of tools in the history, and messages all the same', async () => {
    const chat = [
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{"n":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '[]' },
    ];
    const counted = await count('c.json', JSON.stringify(chat));
    assert.deepEqual(
      counted.messages.map(({ role }) => role),
      ['user', 'assistant', 'tool'],
    );
    assert.ok(counted.total.low < counted.total.tokens && counted.total.tokens < counted.total.high);
    assert.equal(counted.total.exact, false);
  });

  it('leave images out and say so, wherever their data stands', async () => {
    const url = `data:image/png;base64,${'A'.repeat(4000)}`;
    const chat = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ];
    const counted = await count('c.json', JSON.stringify(chat));
    assert.deepEqual([counted.kind, counted.total.tokens, counted.images], ['prompt', 3 + 1 + 4 + 3, 1]);
  });

  it('are refused with a place for what cannot be sent, and a text for what is no chat', async () => {
    await assert.rejects(
      count('c.json', '[{"role":"user","content":[{"type":"input_audio"}]}]'),
      /content parts of type "input_audio" cannot be sent/,
    );
    assert.equal((await count('c.json', '{"role": "admin"}')).kind, 'text');
    assert.equal((await count('c.json', '[{"role": "user"')).kind, 'text');
  });
});

describe('tokens of a template', () => {
  it('leave its comments out, and messages of nothing else', async () => {
    const comment =
      'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen';
    for (const written of [`{{! ${comment} }}`, `{{!-- ${comment} {{x}} --}}`]) {
      const counted = await count('p.prompt', `---\nmodel: m\n---\n${written}\n{{role "system"}} Hi.`);
      assert.deepEqual(shape(counted), ['prompt', 9, true, ['system']]);
    }
    const prompty = await count(
      'p.prompty',
      `---\nname: a\n---\n{# ${comment} #}\nsystem:\nHi.{# ${comment} #}\n`,
    );
    assert.deepEqual(shape(prompty), ['prompt', 9, true, ['system']]);
  });

  it('have the values that its own file gives', async () => {
    const head = '---\ninputs:\n  policy: { default: "one two three" }\n  name:\n    sample: Ann\n---\n';
    const counted = await count('p.prompty', `${head}system:\n{{policy}} {{ name }} {{other}}`);
    const plain = await count('p.prompty', '---\nname: a\n---\nsystem:\none two three Ann {{other}}');
    assert.deepEqual(counted.total, plain.total);

    const dotprompt =
      '---\ninput: { default: { policy: one two three } }\n---\n{{role "system"}}{{policy}} x';
    const written = '---\nmodel: m\n---\n{{role "system"}}one two three x';
    assert.deepEqual((await count('p.prompt', dotprompt)).total, (await count('p.prompt', written)).total);
  });

  it('add up to the same in the parts of a prompt', async () => {
    const prompt = parse(
      'p.prompty',
      '---\ninputs: { policy: { default: a b c d e } }\n---\n{# c #}\nsystem:\n{{policy}}{# d #}',
    );
    const tokenizer = await tokenizers.forModel('gpt-4o');
    const counted = await count('p.prompty', '---\nname: a\n---\nsystem:\na b c d e');
    const sizes = [{ name: 'policy', median: 9, high: 9, cases: 1 }];
    const places = [{ name: 'policy', tag: '{{policy}}', end: { path: 'p', line: 1, column: 1 } }];
    const parts = promptParts(prompt, counted, tokenizer, { sizes, places });
    assert.deepEqual([parts.system, parts.marks, parts.variables], [5, 7, 4]);
  });

  it('count what it includes', async () => {
    const files = { 'p/a.j2': 'one {% include "b.j2" %}\n', 'p/b.j2': 'two' };
    const counted = await count('p/x.j2', '{{ who }}: {% include "a.j2" %} three', files);
    const plain = await count('p/x.j2', '{{ who }}: one two three', files);
    assert.deepEqual([counted.kind, counted.total], ['prompt', plain.total]);
    await assert.rejects(count('p/x.j2', 'a\n {% include "no.j2" %}', files), (error: Error) =>
      /the included template no.j2 does not exist/.test(error.message),
    );
  });

  it('are those of a text where a template cannot be read', async () => {
    assert.equal((await count('x.j2', '{% import "a" as b %}')).kind, 'text');
  });

  it('need no schema that lives in code', async () => {
    const counted = await count(
      'p.prompt',
      '---\noutput: { schema: Recipe }\ninput: { schema: Order }\n---\nHi',
    );
    assert.deepEqual(
      counted.warnings.map(({ message, location }) => [location.line, message]),
      [
        [3, 'the schema Order is defined in code and is not available here'],
        [2, 'the schema Recipe is defined in code and is not available here'],
      ],
    );
  });
});
