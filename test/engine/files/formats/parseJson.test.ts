import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FileError } from '../../../../src/engine/errors.ts';
import { parseJson } from '../../../../src/engine/files/formats/parseJson.ts';

function refusal(text: string, path = 'a.json'): FileError {
  try {
    parseJson(text, path);
  } catch (error) {
    assert.ok(error instanceof FileError, `a FileError, not ${String(error)}`);
    return error;
  }
  assert.fail(`accepted: ${text.slice(0, 80)}`);
}

const place = (line: number, column: number) => ({ path: 'a.json', line, column });

describe('parseJson', () => {
  it('gives the value and the places of keys and values', () => {
    const document = parseJson('{\n  "a": [1, {"b": "c"}]\n}', 'a.json');
    assert.deepEqual(document.value, { a: [1, { b: 'c' }] });
    assert.deepEqual(document.locate(['a', 1, 'b']), { ...place(2, 18), endLine: 2, endColumn: 21 });
    assert.deepEqual(document.locateKey(['a', 1, 'b']), { ...place(2, 13), endLine: 2, endColumn: 16 });
    assert.deepEqual(document.locate(['a', 9, 'x']).column, 8);
    assert.deepEqual(document.locateKey([]), { ...place(1, 1), endLine: 3, endColumn: 2 });
  });

  it('counts from the line of a JSONL file', () => {
    assert.equal(parseJson('{"a": 1}', 'a.jsonl', { line: 7 }).locate(['a']).line, 7);
    assert.throws(
      () => parseJson('{"a": }', 'a.jsonl', { line: 7 }),
      (error) => error instanceof FileError && error.describe().startsWith('a.jsonl:7:7: '),
    );
  });

  it('names both places of a duplicate key', () => {
    const error = refusal('{"a": 1,\n "b": {"c": 1, "c": 2}}');
    assert.deepEqual(error.where, place(2, 16));
    assert.match(error.message, /'c' was already used at a\.json:2:8/);
  });

  it('sees through escapes in duplicate keys, and is not misled by texts that look like keys', () => {
    assert.match(refusal('{"a": 1, "\\u0061": 2}').message, /already used/);
    assert.deepEqual(parseJson('{"a": "\\"b\\": 1", "c\\\\" : "\\\\"}', 'a.json').value, {
      a: '"b": 1',
      'c\\': '\\',
    });
  });

  for (const key of ['__proto__', 'constructor', 'prototype', '\\u005f_proto__']) {
    it(`refuses the key ${key}`, () => {
      assert.deepEqual(refusal(`{"x": {"${key}": {"polluted": 1}}}`).where, place(1, 8));
      assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
    });
  }

  it('refuses arrays and objects nested 200,000 deep, closed or not', () => {
    for (const text of [
      '['.repeat(200_000),
      '['.repeat(200_000) + ']'.repeat(200_000),
      '{"a":'.repeat(200_000),
    ]) {
      const error = refusal(text);
      assert.match(error.message, /nested deeper than 200/);
      assert.equal((error.where as { line: number }).line, 1);
    }
  });

  it('allows 200 levels and refuses 201', () => {
    parseJson('['.repeat(200) + ']'.repeat(200), 'a.json');
    assert.deepEqual(refusal('['.repeat(201) + ']'.repeat(201)).where, place(1, 201));
  });

  it('is not misled by brackets inside texts', () => {
    assert.equal(parseJson(JSON.stringify('['.repeat(500)), 'a.json').value, '['.repeat(500));
  });

  it('never rounds an integer', () => {
    assert.deepEqual(parseJson('[9007199254740991, -9007199254740991, 1e30, 0.1]', 'a.json').value, [
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      1e30,
      0.1,
    ]);
    const error = refusal('{"id": 1234567890123456789}');
    assert.deepEqual(error.where, place(1, 8));
    assert.match(error.remedy ?? '', /Quote it: "1234567890123456789"/);
  });

  for (const text of ['NaN', 'Infinity', '-Infinity', '[1e999]', '']) {
    it(`refuses ${text || 'an empty file'}`, () => assert.ok(refusal(text).where));
  }

  it('refuses half of a surrogate pair in values and keys, and joins a whole one', () => {
    assert.deepEqual(refusal('["\\ud800"]').where, place(1, 2));
    assert.deepEqual(refusal('{"\\udc00": 1}').where, place(1, 2));
    assert.equal(parseJson('"\\ud83d\\ude00"', 'a.json').value, '😀');
  });

  it('takes comments and trailing commas in .jsonc only', () => {
    const text = '// c\n{"a": 1, /* d */ "b": [2,],}';
    assert.deepEqual(parseJson(text, 'a.jsonc').value, { a: 1, b: [2] });
    assert.deepEqual(refusal(text).where, place(1, 1));
    assert.match(refusal('{"a": 1, "a": 2}', 'a.jsonc').message, /already used/);
  });

  for (const text of [
    '{"a" 1}',
    '{"a": 1',
    '[1, 2',
    '[1,]',
    "{'a': 1}",
    '{"a": tru}',
    '"x',
    '"\\q"',
    '1 2',
    '"a\tb"',
    '[01]',
  ]) {
    it(`refuses ${text} with a place`, () => {
      const where = refusal(text).where;
      assert.ok(where && 'line' in where);
    });
  }

  it('quotes little of a hostile file in its message', () => {
    assert.ok(refusal(`[${'9'.repeat(1_000_000)}]`).describe().length < 300);
    const key = JSON.stringify('k'.repeat(100_000));
    assert.ok(refusal(`{${key}: 1, ${key}: 2}`).describe().length < 300);
  });

  it('agrees with JSON.parse on every value, in any layout', () => {
    const layout = fc.constantFrom(undefined, 1, 2, '\t');
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), layout, (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!/"(__proto__|constructor|prototype)"|\d{16}/.test(text));
        assert.deepEqual(parseJson(text, 'a.json').value, JSON.parse(text));
      }),
    );
  });

  it('reads keys with escapes right, whatever the parser of the engine has read before', () => {
    JSON.parse(String.raw`{"a":1,"\\\\":2}`);
    assert.deepEqual(parseJson(String.raw`{"a":1,"\\c":2}`, 'a.json').value, { a: 1, '\\c': 2 });
  });

  it('finds a duplicate wherever it is put', () => {
    const dictionary = fc.dictionary(fc.stringMatching(/^[a-z"\\:]{1,4}$/), fc.jsonValue(), {
      minKeys: 1,
      maxKeys: 5,
    });
    fc.assert(
      fc.property(dictionary, fc.nat(), (value, pick) => {
        const entries = Object.entries(value).map(
          ([key, item]) => `${JSON.stringify(key)} : ${JSON.stringify(item)}`,
        );
        const again = entries[pick % entries.length];
        assert.throws(() => parseJson(`{${[...entries, again].join(',')}}`, 'a.json'), FileError);
      }),
    );
  });
});
