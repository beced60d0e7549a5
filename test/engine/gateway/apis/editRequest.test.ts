import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editRequest, type RequestEdits } from '../../../../src/engine/gateway/apis/editRequest.ts';
import type { JsonValue } from '../../../../src/engine/model/json.ts';

const CASES: readonly (readonly [name: string, given: string, edits: RequestEdits, edited: string])[] = [
  [
    'keeps white space, spellings of numbers and escapes',
    '\n{ "temperature" : 1.0e0,\t"model": "a", "n":1e2, "x": "\\u00fc\\/" }\r\n',
    { model: 'b' },
    '\n{ "temperature" : 1.0e0,\t"model": "b", "n":1e2, "x": "\\u00fc\\/" }\r\n',
  ],
  ['keeps a byte order mark', '\ufeff{"model":"a"}', { model: 'b' }, '\ufeff{"model":"b"}'],
  [
    'sets a key that comes twice in both places',
    '{"model":"a","x":1,"model":"b","x":2}',
    { model: 'c' },
    '{"model":"c","x":1,"model":"c","x":2}',
  ],
  ['knows a key written with escapes', '{"mod\\u0065l":"a"}', { model: 'b' }, '{"mod\\u0065l":"b"}'],
  ['adds what is not there', '{"a":1 }', { model: 'b' }, '{"a":1,"model":"b" }'],
  ['adds to an object without members', '{ }', { model: 'b' }, '{"model":"b" }'],
  [
    'does not find keys in values',
    '{"messages":[{"model":"a","stream":true}],"x":"\\"model\\":"}',
    { drop: ['model', 'stream'] },
    '{"messages":[{"model":"a","stream":true}],"x":"\\"model\\":"}',
  ],
  ['drops the first', '{ "a":1, "b":2, "c":3 }', { drop: ['a'] }, '{ "b":2, "c":3 }'],
  ['drops one between', '{ "a":1, "b":[{}], "c":3 }', { drop: ['b'] }, '{ "a":1, "c":3 }'],
  ['drops the last', '{ "a":1, "b":2, "c":3 }', { drop: ['c'] }, '{ "a":1, "b":2 }'],
  ['drops all', '{ "a":1, "b":2 }', { drop: ['a', 'b'] }, '{  }'],
  [
    'drops and adds at the end',
    '{"a":1,"b":2,"c":3}',
    { drop: ['b', 'c'], model: 'm', parameters: { n: 2 } },
    '{"a":1,"n":2,"model":"m"}',
  ],
  ['drops all and adds', '{"a":1}', { drop: ['a'], model: 'm' }, '{"model":"m"}'],
  ['sets what it is told to drop', '{"a":1}', { drop: ['a'], parameters: { a: 2 } }, '{"a":2}'],
  [
    'asks for usage',
    '{"stream":true}',
    { includeUsage: true },
    '{"stream":true,"stream_options":{"include_usage":true}}',
  ],
  [
    'asks for usage beside other options',
    '{"stream_options":{ "include_obfuscation": false },"stream":true}',
    { includeUsage: true },
    '{"stream_options":{ "include_obfuscation": false,"include_usage":true },"stream":true}',
  ],
  [
    'asks for usage where it was declined, or null',
    '{"stream_options":{"include_usage":false},"stream_options":null}',
    { includeUsage: true },
    '{"stream_options":{"include_usage":true},"stream_options":{"include_usage":true}}',
  ],
  [
    'replaces messages',
    '{"messages":[{"role":"user","content":"[{]"}],"n":1}',
    { messages: [{ role: 'user', content: 'Grüße' }] },
    '{"messages":[{"role":"user","content":"Grüße"}],"n":1}',
  ],
];

describe('an edited request', () => {
  for (const [name, given, edits, edited] of CASES)
    it(name, () => assert.equal(editRequest(Buffer.from(given), edits).toString(), edited));

  it('is the same bytes where there is nothing to edit, or nothing that could be edited', () => {
    const edits = { model: 'm', includeUsage: true, drop: ['x'] };
    for (const text of [
      '',
      'x',
      '[]',
      '"a"',
      '{',
      '{"a":1',
      '{"a":1}}',
      '{"a" 1}',
      '{"a":1,}',
      '{a:1}',
      '{"a":}',
      '{"a":"',
      '\ufeff',
    ])
      assert.equal(editRequest(Buffer.from(text), edits).toString(), text);

    const asks = Buffer.from('{"stream_options":{"include_usage":true}}');
    assert.equal(editRequest(asks, { includeUsage: true, drop: ['a'] }), asks);
  });

  it('keeps bytes that are no UTF-8', () => {
    const odd = Buffer.concat([
      Buffer.from('{"x":"'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('","model":"a"}'),
    ]);
    const edited = editRequest(odd, { model: 'ü' });
    assert.ok(
      edited.equals(
        Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xff, 0xc3]), Buffer.from('","model":"ü"}')]),
      ),
    );
  });

  it('takes any nesting and any length in its stride', () => {
    const deep = `{"x":${'['.repeat(1e6)}${']'.repeat(1e6)},"model":"a"}`;
    assert.ok(editRequest(Buffer.from(deep), { model: 'b' }).toString().endsWith('"model":"b"}'));
    const keys = `{${Array.from({ length: 200_000 }, (_, at) => `"k${at}":${at}`).join(',')}}`;
    assert.ok(editRequest(Buffer.from(keys), { drop: ['k7'] }).length < keys.length);
    const quotes = `{"x":"${'\\'.repeat(1e6)}","model":"a"}`;
    assert.ok(editRequest(Buffer.from(quotes), { model: 'b' }).toString().endsWith('"model":"b"}'));
  });

  it('means what the edits say, and keeps the rest as it was, for any object', () => {
    const names = fc.constantFrom<string[]>('model', 'a', 'b', 'stream_options', 'messages', 'ü', 'x y');
    fc.assert(
      fc.property(
        fc.dictionary(names, fc.jsonValue()),
        fc.constantFrom(undefined, 1, '\t'),
        fc.array(names, { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom('a', 'b', 'c'),
          fc.constantFrom<JsonValue[]>(1.5, 'ü"\\', [null], { k: {} }),
        ),
        (body, indent, drop, parameters) => {
          const edited = editRequest(Buffer.from(JSON.stringify(body, undefined, indent)), {
            ...{ model: 'm', parameters, drop },
          });
          const kept = Object.entries(body).filter(([key]) => !drop.includes(key));
          const wanted = { ...Object.fromEntries(kept), ...parameters, model: 'm' };
          assert.deepEqual(JSON.parse(edited.toString()), JSON.parse(JSON.stringify(wanted)));
        },
      ),
    );
  });
});
