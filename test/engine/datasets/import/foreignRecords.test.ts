import assert from 'node:assert/strict';
import { readGoPattern } from '../../../../src/engine/datasets/import/formats/goPattern.ts';
import type { JsonValue } from '../../../../src/engine/model/json.ts';
import { importText } from './importing.ts';

async function only(name: string, text: string, from?: string) {
  const { cases, notes, kept } = await importText(name, text, from);
  assert.equal(cases.length, 1);
  const [entry] = cases;
  assert.ok(entry);
  return { entry, notes: Object.keys(notes), kept };
}

const jsonLine = (record: object, from?: string) => only('t.jsonl', JSON.stringify(record), from);

describe('choices of Inspect', () => {
  const cases: [choices: string, expected: string[]][] = [
    ['"red, green, blue"', ['red', 'green', 'blue']],
    ['red green  blue', ['red', 'green', 'blue']],
    ['"[""a"", ""b, c""]"', ['a', 'b, c']],
    ['"a,,b,"', ['a', 'b']],
    ['one', ['one']],
  ];
  for (const [choices, expected] of cases) {
    it(`are read from the cell ${choices}`, async () => {
      const { entry } = await only('t.csv', `input,target,choices\nPick,B,${choices}\n`);
      assert.deepEqual(entry.input, { input: 'Pick', choices: expected });
      assert.equal(entry.metadata, undefined);
    });
  }

  it('are the same in JSON as in CSV', async () => {
    for (const choices of ['red, green', ['red', 'green'], 'red green']) {
      const { entry } = await jsonLine({ input: 'Pick', target: 'B', choices });
      assert.deepEqual(entry.input, { input: 'Pick', choices: ['red', 'green'] });
    }
    const { entry } = await jsonLine({ input: 'Pick', target: 'B', choices: [1, true, ''] });
    assert.deepEqual(entry.input, { input: 'Pick', choices: ['1', 'true'] });
  });
});

describe('media of a conversation', () => {
  const url = 'data:image/png;base64,aaaa';
  const parts: [name: string, part: JsonValue][] = [
    ['OpenAI', { type: 'image_url', image_url: { url } }],
    ['LangChain, a text', { type: 'image_url', image_url: url }],
    ['Inspect', { type: 'image', image: url }],
    ['Anthropic', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aaaa' } }],
    ['LangChain, data', { type: 'image', source_type: 'base64', mime_type: 'image/png', data: 'aaaa' }],
    ['Responses', { type: 'input_image', image_url: url }],
  ];
  for (const [name, part] of parts) {
    it(`become an image_url: ${name}`, async () => {
      const { entry, notes } = await jsonLine({
        input: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, part] }],
        target: 'a cat',
      });
      assert.deepEqual(entry.messages?.[0]?.content, [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url } },
      ]);
      assert.deepEqual(
        notes.filter((note) => /cannot be sent/.test(note)),
        [],
      );
    });
  }

  it('are kept and named where nothing can send them', async () => {
    const content = [
      { type: 'image', image: 'cat.png' },
      { type: 'audio', audio: 'a.wav', format: 'wav' },
    ];
    const { entry, notes } = await jsonLine({ input: [{ role: 'user', content }], target: 'x' });

    assert.deepEqual(entry.messages?.[0]?.content, content);
    assert.equal(notes.filter((note) => /of type (?:image|audio) cannot be sent/.test(note)).length, 2);
  });
});

describe('turns of DeepEval', () => {
  it('are a conversation also where they stand as JSON in a text', async () => {
    const record = {
      scenario: 'weather',
      turns: '[{"role":"user","content":"Rain?"}]',
      expected_outcome: 'forecast',
    };
    const { entry } = await only('t.json', JSON.stringify([record]));
    assert.deepEqual(entry.messages, [{ role: 'user', content: 'Rain?' }]);
    assert.deepEqual(entry.expected_output, { answer: 'forecast' });
  });

  it('stay in the metadata when they are no conversation', async () => {
    const { entry } = await jsonLine({ scenario: 'weather', turns: '[broken', expected_outcome: 'x' });
    assert.deepEqual(entry.metadata, { deepeval: { turns: '[broken' } });
  });
});

describe('expected tools that say more than a call', () => {
  const tools = [{ name: 'f', input_parameters: { q: 1 }, output: 'z' }];

  it('are calls, and are kept as they were', async () => {
    const { entry } = await jsonLine({ input: 'a', expected_output: 'b', expected_tools: tools });
    assert.deepEqual(entry.expected_output, {
      answer: 'b',
      tool_calls: [{ name: 'f', arguments: { q: 1 } }],
    });
    assert.deepEqual(entry.metadata, { deepeval: { expected_tools: tools } });
  });

  it('are calls alone where they say no more', async () => {
    const plain = [{ name: 'f', input_parameters: { q: 1 }, output: null }];
    const { entry } = await jsonLine({ input: 'a', expected_output: 'b', expected_tools: plain });
    assert.equal(entry.metadata, undefined);
  });
});

describe('a page of Langfuse’s API', () => {
  const items = [{ id: 'a', input: 'x', expectedOutput: 'y', datasetId: 'd' }];
  const notes = async (totalItems: number) => {
    const page = { data: items, meta: { page: 2, limit: 1, totalItems, totalPages: totalItems } };
    return Object.keys((await importText('t.json', JSON.stringify(page))).notes).join('\n');
  };

  it('says that it is not the whole dataset', async () => {
    assert.match(await notes(106), /page 2 of a dataset: 1 of 106 items/);
    assert.doesNotMatch(await notes(1), /page/);
  });
});

describe('messages of LangChain', () => {
  const forms: [name: string, user: JsonValue, assistant: JsonValue][] = [
    [
      'type, data',
      { type: 'human', data: { content: 'hi', additional_kwargs: {}, example: false } },
      { type: 'ai', data: { content: 'yo' } },
    ],
    ['type, content', { type: 'human', content: 'hi', id: null }, { type: 'AIMessageChunk', content: 'yo' }],
    [
      'lc, kwargs',
      {
        lc: 1,
        type: 'constructor',
        id: ['langchain', 'schema', 'messages', 'HumanMessage'],
        kwargs: { content: 'hi' },
      },
      {
        lc: 1,
        type: 'constructor',
        id: ['langchain_core', 'messages', 'ai', 'AIMessage'],
        kwargs: { content: 'yo' },
      },
    ],
    ['role, content', { role: 'human', content: 'hi' }, { role: 'ai', content: 'yo' }],
    ['pairs', ['human', 'hi'], { type: 'ai', content: 'yo' }],
    [
      'chat with a role',
      { type: 'ChatMessage', content: 'hi', role: 'user' },
      { type: 'ai', content: [{ type: 'text', text: 'yo' }] },
    ],
    [
      'parts of Gemini',
      { role: 'user', parts: [{ text: 'hi' }] },
      { role: 'model', parts: [{ text: 'yo' }] },
    ],
  ];
  for (const [name, user, assistant] of forms) {
    for (const key of ['messages', 'input']) {
      it(`are read as ${name}, under ${key}`, async () => {
        const { entry } = await jsonLine({ inputs: { [key]: [user] }, outputs: { output: assistant } });
        assert.deepEqual(entry.messages, [{ role: 'user', content: 'hi' }]);
        assert.deepEqual(entry.expected_output, { answer: 'yo' });
      });
    }
  }

  it('may be a batch of one, and the reply a generation', async () => {
    const { entry } = await jsonLine({
      inputs: { messages: [[{ type: 'system', content: 's' }, ['human', 'hi']]] },
      outputs: { generations: [[{ text: 'yo', message: { type: 'ai', data: { content: 'yo' } } }]] },
    });
    assert.deepEqual(
      entry.messages?.map(({ role }) => role),
      ['system', 'user'],
    );
    assert.equal(entry.expected_output?.answer, 'yo');
  });

  it('keep calls of tools, which are expected of the answer', async () => {
    const { entry } = await jsonLine({
      inputs: {
        messages: [
          { type: 'human', content: 'a table' },
          {
            type: 'ai',
            content: '',
            tool_calls: [{ name: 'find', args: { n: 1 }, id: 'c1', type: 'tool_call' }],
          },
          { type: 'tool', content: '[]', tool_call_id: 'c1' },
        ],
      },
      outputs: {
        messages: [
          {
            type: 'ai',
            content: '',
            additional_kwargs: {
              tool_calls: [{ id: 'c2', type: 'function', function: { name: 'book', arguments: '{"n": 2}' } }],
            },
          },
        ],
      },
    });
    assert.deepEqual(entry.messages?.[1]?.['tool_calls'], [{ name: 'find', id: 'c1', arguments: { n: 1 } }]);
    assert.deepEqual(entry.messages?.[2], { role: 'tool', content: '[]', tool_call_id: 'c1' });
    assert.deepEqual(entry.expected_output, { tool_calls: [{ name: 'book', arguments: { n: 2 } }] });
  });

  it('stand as a variable beside others', async () => {
    const { entry } = await jsonLine({
      inputs: { chat_history: [{ type: 'human', data: { content: 'hi' } }], question: 'And now?' },
      outputs: { answer: 'Later.' },
    });
    assert.deepEqual(entry.input, {
      chat_history: [{ role: 'user', content: 'hi' }],
      question: 'And now?',
    });
  });

  it('are not seen in any map with a type and a content', async () => {
    const page = { type: 'article', content: 'text' };
    const { entry } = await jsonLine({ inputs: { page: [page] }, outputs: { label: 'news' } });
    assert.deepEqual(entry.input, { page: [page] });
  });
});

describe('an expected answer that is empty', () => {
  it('is none, and is said, for an empty list', async () => {
    const { entry, notes } = await jsonLine({ input: 'x', ideal: [] });
    assert.equal(entry.expected_output, undefined);
    assert.deepEqual(entry.metadata, { 'openai-evals': { ideal: [] } });
    assert.ok(notes.some((note) => /expected answers is empty/.test(note)));
  });

  it('is the empty text for an empty text', async () => {
    const { entry } = await jsonLine({ input: 'x', ideal: '' });
    assert.deepEqual(entry.expected_output, { answer: '' });
  });
});

describe('a table by columns', () => {
  const tables: [name: string, table: object][] = [
    ['lists', { input: ['a', 'b'], target: ['c', 'd'] }],
    ['pandas', { input: { 0: 'a', 1: 'b' }, target: { 0: 'c', 1: 'd' } }],
  ];
  for (const [name, table] of tables) {
    for (const from of [undefined, 'inspect']) {
      it(`is read by rows: ${name}, ${from ?? 'detected'}`, async () => {
        const { cases } = await importText('t.json', JSON.stringify(table), from);
        assert.deepEqual(
          cases.map((entry) => [entry.input, entry.expected_output?.answer]),
          [
            ['a', 'c'],
            ['b', 'd'],
          ],
        );
      });
    }
  }

  it('is refused where its columns have different lengths', async () => {
    await assert.rejects(
      importText('t.json', JSON.stringify({ input: ['a', 'b'], target: ['c'] }), 'inspect'),
      /no records in this format: Inspect/,
    );
  });
});

describe('cells between other signs', () => {
  it('are told by the first row', async () => {
    for (const sign of [';', '\t']) {
      const text = ['input,target', '"a, b",c'].map((line) => line.replace(/,(?=target|c)/, sign));
      const { entry } = await only('t.csv', `${text.join('\n')}\n`);
      assert.deepEqual([entry.input, entry.expected_output?.answer], ['a, b', 'c']);
    }
  });
});

describe('patterns of Go', () => {
  const patterns: [go: string, pattern: string, flags: string][] = [
    ['(?i)hello', 'hello', 'i'],
    ['(?is)a.b', 'a.b', 'is'],
    ['(?i)(?m)^a', '^a', 'im'],
    ['(?i-s)a', 'a', 'i'],
    ['(?U)a+', 'a+', ''],
    ['(?P<year>\\d+)', '(?<year>\\d+)', ''],
    ['\\Aa\\z', '^a$', ''],
    ['a\\(?i', 'a\\(?i', ''],
    ['plain', 'plain', ''],
  ];
  for (const [go, pattern, flags] of patterns) {
    it(`are JavaScript's: ${go}`, () => assert.deepEqual(readGoPattern(go), { pattern, flags }));
  }

  for (const go of ['a(?i)b', 'a|(?s)b', '\\Qa.b\\E', '[[:alpha:]]', '\\pL', '\\x{41}', '(?m)a\\z', '(']) {
    it(`are refused where JavaScript reads them otherwise: ${go}`, () =>
      assert.ok('fault' in readGoPattern(go)));
  }

  const task = (pattern: string) =>
    `id: t1\nname: n\ninputs: { prompt: hi }\ngraders: [{ name: g, type: text, config: { regex_match: ['${pattern}'] } }]\n`;

  it('become assertions of a Waza task', async () => {
    const { entry } = await only('t.yaml', task('(?i)hello'));
    assert.deepEqual(entry.assert, [{ type: 'regex', value: 'hello', flags: 'i', metric: 'g' }]);
  });

  it('are refused with their place', async () => {
    await assert.rejects(importText('t.yaml', task('a(?i)b')), (error: Error) =>
      /^the pattern a\(\?i\)b of a text grader/.test(error.message),
    );
  });
});
