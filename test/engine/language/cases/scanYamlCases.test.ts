import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { stringify } from 'yaml';
import { parseYaml } from '../../../../src/engine/files/formats/parseYaml.ts';
import { scanYamlCases } from '../../../../src/engine/language/cases/scanYamlCases.ts';

/** Texts that look like parts of a dataset, to lead the search by indentation astray. */
const hostile = fc.constantFrom(
  '- id: x',
  'id: "y"',
  '  - id: z\n  - id: w',
  '# none',
  'a: b, id: c',
  '{ id: q }',
  'tags: [no]',
);
const word = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' }),
  hostile,
  fc.constantFrom('plain', "it's", 'a b'),
);

const testCase = fc.record(
  {
    description: fc.oneof(
      word,
      fc.array(word, { maxLength: 3 }).map((lines) => lines.join('\n')),
    ),
    id: fc.stringMatching(/^[a-z][a-z0-9 '-]{0,12}[a-z0-9]$/),
    input: fc.oneof(word, fc.dictionary(fc.constantFrom('id', 'a', 'tags'), word)),
    messages: fc.array(fc.record({ role: fc.constant('user'), id: word, content: word }), { maxLength: 2 }),
    tags: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 3 }),
  },
  { requiredKeys: ['input'] },
);

describe('cases by their indentation', () => {
  it('are those that a parser finds, with the same ids and places, however the file is laid out', () => {
    const layouts = fc.record({
      indent: fc.constantFrom(2, 4),
      indentSeq: fc.boolean(),
      lineWidth: fc.constantFrom(0, 20, 80),
      defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const),
      defaultKeyType: fc.constant('PLAIN' as const),
      crlf: fc.boolean(),
      after: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(testCase, { minLength: 1, maxLength: 5 }),
        layouts,
        (cases, { crlf, after, ...layout }) => {
          const list = stringify({ test_cases: cases, ...(after ? { version: '1.0.0' } : {}) }, layout);
          const text = crlf ? list.replaceAll('\n', '\r\n') : list;
          const found = scanYamlCases(text, 'a.yaml');
          const document = parseYaml(text, 'a.yaml');
          const idOf = (index: number) => cases[index]?.id;
          assert.deepEqual(
            found?.map(({ id, range }) => [id, range.line, range.column]),
            cases.map((_, index) => {
              const { line, column } = document.locate(['test_cases', index]);
              return [idOf(index) ?? '', line, column];
            }),
            text,
          );
          for (const [index, { idRange }] of (found ?? []).entries())
            if (idOf(index) !== undefined)
              assert.deepEqual(idRange, document.locate(['test_cases', index, 'id']), text);
        },
      ),
      { numRuns: 400 },
    );
  });
});
