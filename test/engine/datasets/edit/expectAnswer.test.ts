import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { expectAnswer } from '../../../../src/engine/datasets/edit/expectAnswer.ts';
import { readRecords } from '../../../../src/engine/datasets/migrations/upgrade.ts';

const HEAD = 'schema_version: 2.0.0\nversion: 1.0.0\n';

/** Answers that are hard to write down in one of the formats. */
const HARD = [
  'plain words',
  'true',
  '12',
  '',
  'a: b # c',
  "it's",
  '"quoted"',
  'two\nlines',
  'ends\n',
  'blank\n\n\nend\n\n',
  '  indented\n more',
  '- item',
  '{{ x }}',
  'tab\there',
  'é 😀 \u2028',
  '---',
  '<<',
  '$& $1',
];

async function changed(path: string, text: string, answer: string, id = 'a'): Promise<string> {
  return (await expectAnswer({ path, text }, id, answer)).text;
}

function answerOf(path: string, text: string, id = 'a'): unknown {
  const found = readRecords(path, text).cases.find((entry) => entry['id'] === id);
  return (found?.['expected_output'] as { answer?: unknown } | undefined)?.answer;
}

describe('expectAnswer', () => {
  it('replaces the answer, keeps its quotes and every comment', async () => {
    const text = `${HEAD}test_cases: # all\n  - id: a # first\n    input: x\n    expected_output: # what\n      answer: 'old' # why\n      expected_concepts: [b] # kept\n`;
    assert.equal(await changed('d.yaml', text, "it's new"), text.replace("'old'", "'it''s new'"));
  });

  it('writes texts of several lines as a block where one stood, and as one line before a comment', async () => {
    const block = `${HEAD}test_cases:\n  - id: a\n    input: x\n    expected_output:\n      answer: |-\n        one\n        two\n    tags: [t]\n`;
    assert.equal(
      await changed('d.yaml', block, 'three\nfour'),
      block.replace('one\n', 'three\n').replace('two\n', 'four\n'),
    );
    assert.match(await changed('d.yaml', block, 'short'), /answer: short\n {4}tags/);
    const comment = `${HEAD}test_cases:\n  - id: a\n    input: x\n    expected_output:\n      answer: old # why\n`;
    assert.match(await changed('d.yaml', comment, 'a\nb'), /answer: "a\\nb" # why\n/);
  });

  it('keeps a comment behind the mark of a block', async () => {
    const text = `${HEAD}test_cases:\n  - id: a\n    input: x\n    expected_output:\n      answer: |- # note\n        old\n    tags: [t]\n`;
    assert.match(await changed('d.yaml', text, 'new'), /answer: new # note\n {4}tags/);
    assert.match(await changed('d.yaml', text, 'a\nb'), /answer: \|- # note\n {8}a\n {8}b\n/);
  });

  it('fills an expected output that is written as empty', async () => {
    const text = `${HEAD}test_cases:\n  - id: a\n    input: x\n    expected_output: {}\n`;
    assert.match(await changed('d.yaml', text, 'new'), /expected_output: \{ answer: new \}\n/);
  });

  it('adds the answer, and the map around it, where there is none', async () => {
    const without = `${HEAD}test_cases:\n  - id: a\n    input: x\n  - id: b\n    input: y\n    expected_output:\n      expected_concepts: [c]\n`;
    assert.match(
      await changed('d.yaml', without, 'yes: no'),
      /expected_output: \{ answer: "yes: no" \}|answer: "yes: no"/,
    );
    assert.match(await changed('d.yaml', without, 'it is', 'b'), /\[c\]\n {6}answer: it is\n/);
  });

  const shapes: { [name: string]: [path: string, text: string] } = {
    'YAML block': [
      'd.yaml',
      `${HEAD}test_cases:\n  - id: a\n    input: x\n    expected_output:\n      answer: old\n  - id: b\n    input: y\n`,
    ],
    'YAML flow': ['d.yaml', `${HEAD}test_cases: [{ id: a, input: x, expected_output: { answer: old } }]\n`],
    'YAML literal at the end': [
      'd.yaml',
      `${HEAD}test_cases:\n  - id: a\n    input: x\n    expected_output:\n      answer: |\n        old\n`,
    ],
    'YAML with carriage returns': [
      'd.yaml',
      `${HEAD}test_cases:\n  - id: a\n    input: x\n    expected_output:\n      answer: old\n`.replaceAll(
        '\n',
        '\r\n',
      ),
    ],
    'YAML without the map': ['d.yaml', `${HEAD}test_cases:\n  - id: a\n    input: x\n`],
    JSON: [
      'd.json',
      '{\n  "schema_version": "2.0.0",\n  "version": "1.0.0",\n  "test_cases": [{ "id": "a", "input": "x" }]\n}\n',
    ],
    JSONL: [
      'd.jsonl',
      '{"schema_version":"2.0.0","version":"1.0.0"}\n\n{"id":"b","input":"y"}\r\n{"id":"a","input":"x"}\n',
    ],
    'JSONL without a header': [
      'd.jsonl',
      '{"id":"b","input":"y"}\n{"id":"a","input":"x","expected_output":{"answer":"old"}}\n',
    ],
  };
  for (const [name, [path, text]] of Object.entries(shapes)) {
    it(`reads back every answer: ${name}`, async () => {
      const before = readRecords(path, text);
      for (const answer of HARD) {
        const after = await changed(path, text, answer);
        assert.equal(answerOf(path, after), answer);
        const others = (records: typeof before) => records.cases.filter(({ id }) => id !== 'a');
        assert.deepEqual(others(readRecords(path, after)), others(before));
      }
    });
  }

  it('refuses a case that is not there, and one that another case shares its map with', async () => {
    const [path, text] = shapes['YAML block'] ?? ['', ''];
    await assert.rejects(changed(path, text, 'x', 'gone'), /no case 'gone'/);
    const shared = `${HEAD}test_cases:\n  - id: a\n    input: x\n    expected_output: &e { answer: old }\n  - id: b\n    input: y\n    expected_output: *e\n`;
    await assert.rejects(changed('d.yaml', shared, 'new'), /without changing other parts/);
  });
});
