import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A sample that is read without an error, or nearly so, and the parsers that it is made for. */
export interface Sample {
  path: string;
  text: string;
  parsers: readonly string[];
}

const ROOT = path.join(import.meta.dirname, '..', '..', '..');

/** The sample files of the repository, and small texts of the forms that no file has. */
export function corpus(): Sample[] {
  const files = ['test/fixtures', 'datasets', 'prompts', 'media/schemas', 'media/init']
    .flatMap((folder) => filesIn(path.join(ROOT, folder)))
    .map((file) => ({ path: path.relative(ROOT, file), text: readFileSync(file, 'utf8') }))
    .filter(({ text }) => text.length < 40_000)
    .map((file) => ({ ...file, parsers: parsersFor(file.path, file.text) }))
    .filter(({ parsers }) => parsers.length > 0);
  return [...files, ...WRITTEN];
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function parsersFor(file: string, text: string): string[] {
  if (/\.problems\.txt$/.test(file)) return [];
  if (/fixtures.import/.test(file)) return /\.prompt\.yml$/.test(file) ? ['prompt', 'import'] : ['import'];
  if (/schema_version/.test(text) && /\.(?:ya?ml|jsonl?)$/.test(file)) return ['dataset', 'import'];
  if (/\.schema\.json$/.test(file)) return ['schema'];
  if (/\.(?:prompty|prompt|prompt\.yml|md|txt)$/.test(file)) return ['prompt', 'prompty'];
  if (/fixtures.suites.*\.yaml$|touchstone\.yaml$/.test(file)) return ['configuration'];
  if (/promptfoo.*\.ya?ml$/.test(file)) return ['promptfoo'];
  return /\.json$/.test(file) ? ['chat', 'output', 'import'] : [];
}

const sample = (file: string, parsers: readonly string[], value: unknown): Sample => ({
  path: file,
  parsers,
  text: typeof value === 'string' ? value : JSON.stringify(value, null, 1),
});

const CALL = { id: 'c1', type: 'function', function: { name: 'find', arguments: '{"n": 1}' } };
const USAGE = { prompt_tokens: 10, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } };

const WRITTEN: readonly Sample[] = [
  sample('suite.yaml', ['promptfoo'], {
    prompts: ['Say {{a}} {{ b | upper }}', 'file://a'],
    providers: [
      'echo',
      { id: 'openai:gpt-4o', config: { temperature: 0 } },
      { id: 'http://x', config: { body: { q: '{{prompt}}' } } },
    ],
    defaultTest: { vars: { b: 'x' }, assert: [{ type: 'contains', value: '{{a}}' }] },
    tests: [
      {
        vars: { a: ['1', '2'] },
        assert: [
          { type: 'javascript', value: 'output.length' },
          { type: 'not-regex', value: '^a+$' },
        ],
      },
      {
        vars: { a: 1 },
        options: { transform: 'output', storeOutputAs: 'o' },
        metadata: { conversationId: 'c' },
      },
    ],
    scenarios: [{ config: [{ vars: { a: 1 } }], tests: [{ assert: [{ type: 'is-json' }] }] }],
  }),
  sample('reply.json', ['reply'], {
    id: 'r',
    model: 'm',
    usage: USAGE,
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: {
          role: 'assistant',
          content: [{ type: 'text', text: 'hi' }],
          tool_calls: [CALL],
          refusal: null,
        },
      },
    ],
  }),
  sample('chunk.json', ['reply'], {
    id: 'r',
    model: 'm',
    usage: null,
    choices: [
      {
        index: 0,
        finish_reason: null,
        delta: { content: 'hi', reasoning_content: 'x', tool_calls: [{ index: 0, ...CALL }] },
      },
    ],
  }),
  sample('spans.json', ['spans'], {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'a' } }] },
        scopeSpans: [
          {
            scope: { name: 's' },
            spans: [
              {
                traceId: '0af7651916cd43dd8448eb211c80319c',
                spanId: 'b7ad6b7169203331',
                parentSpanId: '',
                name: 'chat',
                kind: 3,
                startTimeUnixNano: '1700000000000000000',
                endTimeUnixNano: '1700000001000000000',
                status: { code: 1 },
                attributes: [
                  { key: 'gen_ai.usage.input_tokens', value: { intValue: '3' } },
                  { key: 'a', value: { arrayValue: { values: [{ doubleValue: 1.5 }] } } },
                ],
                events: [{ name: 'e', timeUnixNano: '1700000000500000000', attributes: [] }],
                links: [],
              },
            ],
          },
        ],
      },
    ],
  }),
  sample('recording.json', ['recording'], {
    status: 'complete',
    text: 'hi',
    json: { a: 1 },
    tool_calls: [{ id: 'c', name: 'find', arguments: { n: 1 } }],
    finish_reason: 'stop',
    usage: { input_tokens: 1, output_tokens: 2 },
    cost_usd: 0.1,
    model: 'm',
    response_id: 'r',
    latency_ms: 3,
    first_token_ms: 1,
  }),
  sample('chat.json', ['chat'], {
    model: 'gpt-4o',
    messages: [
      { role: 'system', name: 'n', content: 'Say {{ a }}' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'x' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,aa' } },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [CALL] },
      { role: 'tool', tool_call_id: 'c1', content: '[]' },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'find', parameters: { type: 'object', properties: { n: { type: 'number' } } } },
      },
    ],
  }),
  sample(
    't.prompty',
    ['prompty', 'nunjucks'],
    '{% for x in xs if x %}{{ loop.index }}{{ x.name | default("n") | upper }}{% else %}-{% endfor %}{% set n = namespace(a=1) %}{% macro m(a, b=2) %}{{ a ~ b }}{% endmacro %}{{ m(1) }}{% if a is defined and a not in xs %}{{ a[1] }}{% endif %}{# c #}{% include "a" %}',
  ),
  sample(
    't.prompt',
    ['dotprompt'],
    '---\nmodel: m\ninput: { schema: { "a?": string, "xs(array)": { name: string } }, default: { a: x } }\noutput: { format: json, schema: { "r(enum, why)": [A, B] } }\n---\n{{role "system"}}{{#each xs}}{{@index}}{{name}}{{else}}-{{/each}}{{#if a}}{{a}}{{/if}}{{json xs indent=2}}{{role "user"}}{{media url=a}}{{history}}{{! c }}',
  ),
  sample(
    'p.prompty',
    ['prompt'],
    '---\nname: a\nmodel: { id: gpt-4o, options: { temperature: 0.1, stop: [x] } }\ninputs:\n  - { name: q, kind: string, default: x, required: true }\noutputs: { a: { kind: string } }\ntools: [{ name: t, kind: function, parameters: { properties: [{ name: n, kind: integer }] } }]\ntemplate: { format: { kind: nunjucks } }\nsample: { q: "${env:A}" }\n---\nsystem:\nHi {{q}} ![x](https://x/y.png)\nuser[name="a"]:\n{{q}}\n',
  ),
  sample(
    'c.prompt.md',
    ['prompt'],
    '---\ndescription: a\ntools: [x]\nmodel: [a, b]\n---\nDo ${input:what:the thing} now.',
  ),
  sample('schema.json', ['schema'], {
    type: 'object',
    required: ['type'],
    properties: {
      type: { enum: ['object'] },
      a: { type: 'array', uniqueItems: true, items: { $ref: '#/definitions/n' } },
    },
    patternProperties: { '^p': { minLength: 1, format: 'uri' } },
    additionalProperties: { anyOf: [{ $ref: '#/definitions/n' }, true] },
    definitions: {
      n: {
        oneOf: [{ type: 'string', pattern: '^(a|b)+$' }, { properties: { n: { $ref: '#/definitions/n' } } }],
      },
    },
  }),
  sample(
    'out.txt',
    ['output'],
    'Here:\n```json\n{"a": [1, {"b": "c"}]}\n```\n<p class="x">Hi <b>there</b><!-- c --></p><?xml version="1.0"?><a b=\'c\'><![CDATA[x]]><d/></a> {a: 1, b: [x]}',
  ),
  sample('bytes.bin', ['bytes'], '\u00ef\u00bb\u00bfabc \u00e4\u00b8\u00ad\n\u00f0\u009f\u0099\u0082'),
];
