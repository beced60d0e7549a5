import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDocument, stringify } from 'yaml';
import { FileError } from '../../../../src/engine/errors.ts';
import { parseYaml } from '../../../../src/engine/files/formats/parseYaml.ts';

function refusal(text: string): FileError {
  try {
    parseYaml(text, 'a.yaml');
  } catch (error) {
    assert.ok(error instanceof FileError, `a FileError, not ${String(error)}`);
    return error;
  }
  assert.fail(`accepted: ${text.slice(0, 80)}`);
}

const place = (line: number, column: number) => ({ path: 'a.yaml', line, column });

describe('parseYaml', () => {
  it('gives the value and the places of keys and values', () => {
    const document = parseYaml('a: 1\nlist:\n  - x\n  - { y: "z" }\n', 'a.yaml');
    assert.deepEqual(document.value, { a: 1, list: ['x', { y: 'z' }] });
    assert.deepEqual(document.locate(['list', 1, 'y']), { ...place(4, 10), endLine: 4, endColumn: 13 });
    assert.deepEqual(document.locateKey(['list', 1, 'y']), { ...place(4, 7), endLine: 4, endColumn: 8 });
    assert.deepEqual(document.locateKey(['a']), { ...place(1, 1), endLine: 1, endColumn: 2 });
  });

  it('tells a merge that git could not settle from other faults', () => {
    const error = refusal('x: 0\n<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> develop\n');
    assert.match(error.message, /merge/);
    assert.deepEqual(error.where, place(2, 1));
    assert.equal(parseYaml('a: |\n  <<<<<<< HEAD\n  >>>>>>> x\n', 'a.yaml').value instanceof Object, true);
  });

  it('locates the nearest ancestor of what does not exist', () => {
    const document = parseYaml('a:\n  b: 1\n', 'a.yaml');
    assert.equal(document.locate(['a', 'missing', 0]).line, 2);
    assert.equal(document.locate(['nothing']).line, 1);
    assert.equal(document.locate(['a', 'b', 'deeper']).column, 6);
  });

  it('locates a key whose value is empty at the key', () => {
    assert.deepEqual(parseYaml('a:\nb: 1\n', 'a.yaml').locate(['a']), {
      ...place(1, 1),
      endLine: 1,
      endColumn: 2,
    });
  });

  it('counts lines from where front matter begins', () => {
    const document = parseYaml('a: 1\nb: [\n  2]', 'p.prompty', { line: 2 });
    assert.equal(document.locate(['b', 0]).line, 4);
    assert.throws(
      () => parseYaml('a: 1\na: 2\n', 'p.prompty', { line: 2 }),
      (error) => error instanceof FileError && error.describe().startsWith('p.prompty:3:1: '),
    );
  });

  it('reads an empty file as null', () => {
    for (const text of ['', '# only a comment\n', '---\n', '\n\n'])
      assert.equal(parseYaml(text, 'a.yaml').value, null);
  });

  it('keeps dates, versions and yes as texts', () => {
    assert.deepEqual(parseYaml('a: 2026-11-02\nb: 2.0.0\nc: yes\nd: 0123x', 'a.yaml').value, {
      a: '2026-11-02',
      b: '2.0.0',
      c: 'yes',
      d: '0123x',
    });
  });

  it('merges with << and lets written keys win', () => {
    const text = 'base: &b { x: 1, y: 2 }\nother: &o { y: 9, z: 3 }\nuse:\n  <<: [*b, *o]\n  x: 5\n';
    assert.deepEqual((parseYaml(text, 'a.yaml').value as { use: unknown }).use, { x: 5, y: 2, z: 3 });
  });

  it('takes the anchor that stands last before an alias', () => {
    assert.deepEqual(parseYaml('- &a 1\n- *a\n- &a 2\n- *a\n', 'a.yaml').value, [1, 1, 2, 2]);
    assert.deepEqual(parseYaml('- &a 1\n- &b [*a]\n- &a 2\n- *b\n', 'a.yaml').value, [1, [1], 2, [1]]);
  });

  it('locates through an alias', () => {
    const document = parseYaml('base: &b\n  x: 1\nuse: *b\n', 'a.yaml');
    assert.equal(document.locate(['use', 'x']).line, 2);
  });

  it('names both places of a duplicate key', () => {
    const error = refusal('a: 1\nb:\n  c: 1\n  c: 2\n');
    assert.deepEqual(error.where, place(4, 3));
    assert.match(error.message, /'c' was already used at a\.yaml:3:3/);
  });

  it('finds duplicate keys in flow maps and under different quotes', () => {
    assert.deepEqual(refusal(`{ a: 1, "a": 2 }`).where, place(1, 9));
  });

  for (const key of ['__proto__', 'constructor', 'prototype', '"__proto__"', '"\\x5f_proto__"']) {
    it(`refuses the key ${key}`, () => {
      assert.deepEqual(refusal(`x:\n  ${key}: { polluted: 1 }\n`).where, place(2, 3));
      assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
    });
  }

  it('refuses a forbidden key that is merged in', () => {
    assert.match(refusal('a: &a { __proto__: { x: 1 } }\nb: { <<: *a }\n').message, /__proto__/);
  });

  it('refuses an alias bomb with a place', () => {
    const lines = ['a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]'];
    for (let level = 1; level < 12; level++) {
      lines.push(
        `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    }
    const error = refusal(lines.join('\n'));
    assert.match(error.message, /aliases in this file expand/);
    assert.ok(error.where && 'line' in error.where);
  });

  it('refuses an alias bomb made of merges and of one long text', () => {
    const long = `a: &a ${'x'.repeat(100_000)}\nb: &b [${'*a, '.repeat(100)}]\nc: [${'*b, '.repeat(100)}]\n`;
    assert.match(refusal(long).message, /expand/);
    const lines = ['m0: &m0 { k: v }'];
    for (let level = 1; level < 40; level++) {
      lines.push(`m${level}: &m${level} { <<: [*m${level - 1}, *m${level - 1}] }`);
    }
    assert.match(refusal(lines.join('\n')).message, /expand|nesting/);
  });

  it('allows a policy text that many cases share', () => {
    const text = `p: &p ${'x'.repeat(4000)}\ncases:\n${'- { input: *p }\n'.repeat(1000)}`;
    const value = parseYaml(text, 'a.yaml').value as { cases: { input: string }[] };
    assert.equal(value.cases[999]?.input.length, 4000);
  });

  it('refuses an alias inside its own anchor and one without an anchor', () => {
    assert.match(refusal('a: &a [1, *a]\n').message, /contains itself/);
    assert.deepEqual(refusal('a: *nothing\n').where, place(1, 4));
  });

  const deep: { [name: string]: string } = {
    'block sequences': '- '.repeat(20_000),
    'flow sequences': '['.repeat(20_000),
    'flow maps': '{a: '.repeat(20_000),
    'explicit keys': '? '.repeat(20_000),
    'indented maps': Array.from({ length: 3_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  };
  for (const [name, text] of Object.entries(deep)) {
    it(`refuses ${name} nested very deep, with a place`, () => {
      const error = refusal(text);
      assert.match(error.message, /nested deeper than 200/);
      assert.ok(error.where && 'line' in error.where);
    });
  }

  it('refuses nesting that aliases put together', () => {
    const lines = Array.from({ length: 10 }, (_, n) => {
      const inner = n === 0 ? '1' : `*a${n - 1}`;
      return `- &a${n} ${'['.repeat(90)}${inner}${']'.repeat(90)}`;
    });
    assert.match(refusal(lines.join('\n')).message, /nested deeper/);
  });

  it('never rounds an integer', () => {
    assert.equal(parseYaml('9007199254740991', 'a.yaml').value, Number.MAX_SAFE_INTEGER);
    assert.equal(parseYaml('"1234567890123456789"', 'a.yaml').value, '1234567890123456789');
    for (const integer of [
      '9007199254740993',
      '-9007199254740993',
      '0xffffffffffffffff',
      '1234567890123456789',
    ]) {
      const error = refusal(`id: ${integer}\n`);
      assert.deepEqual(error.where, place(1, 5));
      assert.match(error.remedy ?? '', /Quote it/);
    }
  });

  it('keeps integers as keys as they were written', () => {
    assert.deepEqual(parseYaml('1234567890123456789: x\n1.50: y\n', 'a.yaml').value, {
      '1234567890123456789': 'x',
      '1.50': 'y',
    });
  });

  for (const number of ['.nan', '.inf', '-.inf', '1e999']) {
    it(`refuses ${number}`, () => assert.deepEqual(refusal(`score: ${number}\n`).where, place(1, 8)));
  }

  it('refuses half of a surrogate pair and joins a whole one', () => {
    assert.deepEqual(refusal('a: "\\uD800"\n').where, place(1, 4));
    assert.deepEqual(parseYaml('"\\uD83D\\uDE00"', 'a.yaml').value, '😀');
  });

  for (const text of [
    'a: !!binary aGk=',
    'a: !!timestamp 2026-01-01',
    'a: !!js/function x',
    'a: !custom x',
    'a: !!set {x}',
  ]) {
    it(`refuses the tag in ${text}`, () => assert.match(refusal(text).message, /tag/));
  }

  it('reads dates as texts under a %YAML 1.1 directive too', () => {
    assert.deepEqual(parseYaml('%YAML 1.1\n---\na: 2026-01-01\n', 'a.yaml').value, { a: '2026-01-01' });
  });

  it('refuses a second document and says where it begins', () => {
    assert.equal((refusal('a: 1\n---\nb: 2\n').where as { line: number }).line >= 2, true);
  });

  for (const text of [
    'a: [1, 2',
    'a: "x',
    'a: b: c',
    '\ta: 1',
    'a: 1\n b: 2',
    '{',
    '? [a]\n: b',
    ': x',
    '@x',
  ]) {
    it(`refuses ${JSON.stringify(text)} with a place`, () => {
      const error = refusal(text);
      assert.ok(error.where && 'line' in error.where);
    });
  }

  it('quotes little of a hostile file in its message, and no control characters', () => {
    assert.ok(refusal(`a: ${'9'.repeat(1_000_000)}`).describe().length < 300);
    assert.ok(!refusal('"\\e[31m": 1\n"\\e[31m": 2\n').message.includes('\u001b'));
  });

  it('refuses a text too long for the parser', () => {
    assert.match(refusal(`a: ${'x'.repeat(8_000_001)}`).remedy ?? '', /JSONL/);
  });

  it('refuses more tokens than the parser has memory for, whatever they are', () => {
    const count = 1_000_000;
    for (const text of [
      `input: [${','.repeat(2 * count)}`,
      `input: [${'1,'.repeat(count)}]`,
      `a: &a 1\ninput: [${'*a,'.repeat(count)}]`,
      '- 1\n'.repeat(count),
    ]) {
      assert.match(refusal(text).message, /million tokens/, text.slice(0, 20));
      assert.match(refusal(text).remedy ?? '', /JSONL/);
    }
  }).timeout(180_000);

  it('stops at the first error: one for each of a million commas would fill the memory', () => {
    const { errors } = parseDocument(`input: [${','.repeat(1000)}`);
    assert.ok(errors.length > 900, 'the parser alone collects them all');

    const where = refusal(`input: [${','.repeat(1_000_000)}`).where;

    assert.deepEqual(where, place(1, 10));
  }).timeout(20_000);

  it('reads back whatever was written', () => {
    const key = fc
      .string({ unit: 'grapheme' })
      .filter((k) => !['__proto__', 'constructor', 'prototype', '<<'].includes(k));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.boolean(),
        fc.maxSafeInteger(),
        fc.string({ unit: 'grapheme' }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (data) => {
        const text = stringify(data, { version: '1.2', schema: 'core' });
        assert.deepEqual(parseYaml(text, 'a.yaml').value, data);
      }),
      { numRuns: 200 },
    );
  });

  it('ends with a value or a FileError on any text', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '&a',
      '*a',
      '!',
      '|',
      '>',
      '#',
      '?',
      ',',
      '%',
      '---',
      '\t',
      '<<',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          parseYaml(pieces.join(''), 'a.yaml');
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
