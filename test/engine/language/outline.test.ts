import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { LanguageFile } from '../../../src/engine/language/languageFile.ts';
import { lensesOf } from '../../../src/engine/language/lenses.ts';
import { linksOf } from '../../../src/engine/language/links.ts';
import { type FileSymbol, symbolsOf } from '../../../src/engine/language/symbols.ts';
import { matchesGolden } from '../../support/goldenFile.ts';
import { openFile } from './open.ts';

const HEAD = 'schema_version: 2.0.0\nversion: 1.0.0\n';

const FILES: { [path: string]: string } = {
  'touchstone.yaml': `providers:
  local: { base_url: http://127.0.0.1:1/v1 }
suites:
  answers:
    description: How it answers.
    dataset: cases.golden.yaml
    targets:
      - { name: mini, prompt: prompts/a.prompty, model: local/small }
      - command: [node, agent/main.mjs]
    evaluators:
      - is-json: { schema: schema.json }
      - rubric: { criteria: Is it polite. Is it short., model: local/small }
`,
  'cases.golden.yaml': `${HEAD}test_cases: # all
  - id: plain # first
    input: |
      - id: not a case
    tags: [a, 'b c']

  - input: no id
  -
    id: "quoted"
    tags:
      - x # why
      - y
  # a comment between
  - { input: one, id: flow, tags: [z] }
  - id: a plain, long id
    input: file://agent/main.mjs
`,
  'cases.golden.json': `{
  "schema_version": "2.0.0", "version": "1.0.0",
  "test_cases": [
    { "id": "first", "input": "x", "tags": ["t"] },
    { "input": "y" }
  ]
}
`,
  'cases.golden.jsonl': `{"schema_version":"2.0.0","version":"1.0.0"}

{"input":"x","id":"first","tags":["t"]}
{"id":"second"}
{broken
`,
  'prompts/a.prompty': '---\nname: a\n---\nsystem:\nYou are brief.\n\nuser:\n{{question}}\n',
  'promptfooconfig.yaml':
    'prompts: [file://prompts/a.prompty]\nproviders: [echo]\ntests:\n  - description: greets\n    vars: { a: 1 }\n  - vars: { a: 2 }\n',
  'agent/main.mjs': '',
  'schema.json': '{}',
};

const open = (name: string): LanguageFile => openFile(FILES, name);
const place = (range: { line: number; column: number; endLine: number; endColumn: number }) =>
  `${range.line}:${range.column}-${range.endLine}:${range.endColumn}`;

function outline(symbols: readonly FileSymbol[], indent = ''): string {
  return symbols
    .map(({ kind, name, detail, range, selection, children }) => {
      const head = `${indent}${kind} ${name}${detail ? ` (${detail})` : ''}  ${place(range)}  ${place(selection)}\n`;
      return head + outline(children, `${indent}  `);
    })
    .join('');
}

describe('outline', () => {
  for (const name of Object.keys(FILES).filter((file) => !/main|schema/.test(file)))
    it(name, () =>
      matchesGolden(
        path.join('language', `${path.basename(name)}.outline.txt`),
        outline(symbolsOf(open(name))),
      ),
    );

  it('finds the same cases by indentation as a parser does', () => {
    const file = open('cases.golden.yaml');
    const { test_cases: list = [] } = (file.document?.value ?? {}) as { test_cases?: { id?: string }[] };
    assert.deepEqual(
      file.cases.map(({ id }) => id),
      list.map(({ id = '' }) => id),
    );
    for (const [index, { range, idRange, id }] of file.cases.entries()) {
      assert.equal(file.document?.locate(['test_cases', index]).line, range.line);
      if (id) assert.deepEqual(file.document?.locate(['test_cases', index, 'id']), idRange);
    }
  });

  it('reads a list in brackets, and a file whose list is not indented', () => {
    const flow = openFile({ 'a.golden.yaml': `${HEAD}test_cases: [{ id: a, input: x }]\n` }, 'a.golden.yaml');
    assert.deepEqual(
      flow.cases.map(({ id }) => id),
      ['a'],
    );
    const flat = `test_cases:\n- id: a\n  input: x\n- id: b\n  input: y\n${HEAD}`;
    const file = openFile({ 'a.golden.yaml': flat.replaceAll('\n', '\r\n') }, 'a.golden.yaml');
    assert.deepEqual(
      file.cases.map(({ id, range }) => [id, place(range)]),
      [
        ['a', '2:3-3:11'],
        ['b', '4:3-5:11'],
      ],
    );
  });

  it('keeps other cases while one is typed, and is bounded for 20,000 of them', () => {
    const broken = openFile(
      { 'a.golden.yaml': `${HEAD}test_cases:\n  - id: a\n    inp\n  - id: b\n` },
      'a.golden.yaml',
    );
    assert.equal(broken.document, undefined);
    assert.deepEqual(
      broken.cases.map(({ id }) => id),
      ['a', 'b'],
    );
    const cases = Array.from({ length: 20_000 }, (_, index) => `  - id: case-${index}\n    input: x\n`);
    const large = openFile({ 'a.golden.yaml': `${HEAD}test_cases:\n${cases.join('')}` }, 'a.golden.yaml');
    assert.equal(large.cases.length, 20_000);
    assert.equal(symbolsOf(large).length, 5_000);
    const lenses = lensesOf(large, { from: 10_003, to: 10_102, store: undefined });
    assert.deepEqual(
      [lenses.length, lenses[0]?.subject],
      [50, { kind: 'case', id: 'case-5000' }].map((x) => x),
    );
  });
});

describe('links', () => {
  const links = (name: string) => {
    const file = open(name);
    return linksOf(file).map(({ range, target, at }) => {
      const text = file.text.split('\n')[range.line - 1]?.slice(range.column - 1, range.endColumn - 1);
      return `${text} → ${path.relative(file.root, target)}${at ? `:${at.line}` : ''}`;
    });
  };

  it('lead from a suite to its files, and from a model to its provider', () => {
    assert.deepEqual(links('touchstone.yaml'), [
      'cases.golden.yaml → cases.golden.yaml',
      'prompts/a.prompty → prompts/a.prompty',
      'local/small → touchstone.yaml:2',
      'agent/main.mjs → agent/main.mjs',
      'schema.json → schema.json',
      'local/small → touchstone.yaml:2',
    ]);
  });

  it('lead from file:// anywhere', () => {
    assert.deepEqual(links('promptfooconfig.yaml'), ['prompts/a.prompty → prompts/a.prompty']);
    assert.deepEqual(links('cases.golden.yaml'), ['agent/main.mjs → agent/main.mjs']);
  });

  it('never lead outside the workspace, or to what is not there', () => {
    const text = `${HEAD}test_cases:\n  - id: a\n    input: file:///etc/passwd\n  - id: b\n    input: file://../../etc/passwd\n  - id: c\n    input: file://gone.txt\n`;
    assert.deepEqual(linksOf(openFile({ 'a.golden.yaml': text }, 'a.golden.yaml')), []);
  });
});

describe('lenses', () => {
  it('stand above cases with an id, suites, and prompts', () => {
    const subjects = (name: string) =>
      lensesOf(open(name), { from: 1, to: 1_000, store: undefined }).map(({ subject, range, last }) => [
        Object.values(subject).join(' '),
        range.line,
        last,
      ]);
    assert.deepEqual(subjects('touchstone.yaml'), [['suite answers', 4, null]]);
    assert.deepEqual(subjects('prompts/a.prompty'), [['prompt', 1, null]]);
    const { 'prompts/a.prompty': text = '' } = FILES;
    const instructions = openFile({ 'AGENTS.md': text }, 'AGENTS.md');
    assert.deepEqual(lensesOf(instructions, { from: 1, to: 9, store: undefined }), []);
    assert.deepEqual(subjects('cases.golden.jsonl'), [
      ['case first', 3, null],
      ['case second', 4, null],
    ]);
    assert.equal(subjects('cases.golden.yaml').length, 4);
  });
});
