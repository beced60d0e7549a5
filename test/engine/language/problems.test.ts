import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { openFile, problemLines, retyped } from './open.ts';

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - id: a
    input: one
  - id: b
    input: two
`;

describe('problems as one types', () => {
  it('are those of the text, not of the file, at the exact range', async () => {
    const file = openFile({ 'a.golden.yaml': DATASET }, 'a.golden.yaml');
    assert.deepEqual(await problemLines(file), []);
    const broken = DATASET.replace('id: b', 'id: a').replace(
      'input: one',
      'input: one\n    complexity: hard',
    );
    assert.deepEqual(await problemLines(retyped(file, broken)), [
      "6:17-6:21 error unknown-value: test_cases[0].complexity is 'hard'; expected simple, medium or complex",
      "7:9-7:10 error duplicate-case-id: the case id 'a' is used twice; first occurrence at a.golden.yaml:4:9",
    ]);
  });

  it('tell of assertions that cannot be checked, as the file on the disk would', async () => {
    const text = DATASET.replace('input: one', 'input: one\n    assert: [{ type: contians, value: x }]');
    const [line = ''] = await problemLines(openFile({ 'a.golden.yaml': text }, 'a.golden.yaml'));
    assert.match(line, /^4:\d+.*contians/);
  });

  it('name the place of broken YAML, JSON and JSONL', async () => {
    const yaml = await problemLines(openFile({ 'a.golden.yaml': `${DATASET}  - id: "c\n` }, 'a.golden.yaml'));
    assert.match(yaml[0] ?? '', /^9:1 error unreadable-file: invalid YAML/);
    const json = await problemLines(openFile({ 'a.golden.json': '{\n  "version" 1\n}' }, 'a.golden.json'));
    assert.match(json[0] ?? '', /^2:13 error unreadable-file: invalid JSON: expected a colon/);
    const lines = '{"schema_version":"2.0.0","version":"1.0.0"}\n{"id":"a","input":}\n';
    const jsonl = await problemLines(openFile({ 'a.golden.jsonl': lines }, 'a.golden.jsonl'));
    assert.match(jsonl[0] ?? '', /^2:19 error/);
  });

  it('are found in configurations of either kind, wherever they lie', async () => {
    const suite = 'suites:\n  a:\n    dataset: a.golden.yaml\n    targts: [{ echo: true }]\n';
    const config = openFile({ 'touchstone.yaml': suite, 'a.golden.yaml': DATASET }, 'touchstone.yaml');
    assert.deepEqual(
      (await problemLines(config)).slice(0, 1),
      ['3:3-3:4 error missing-key: suites.a needs "targets"'].map((line) =>
        line.replace('3:3-3:4', '2:3-2:4'),
      ),
    );
    const foreign = 'providers: [echo]\nprompts: [file://nope.txt]\n';
    const promptfoo = openFile({ 'sub/promptfooconfig.yaml': foreign }, 'sub/promptfooconfig.yaml');
    assert.match((await problemLines(promptfoo)).join('\n'), /^2:11-2:26 error missing-file: .*nope\.txt/m);
  });

  it('are found in prompts', async () => {
    const prompt = openFile({ 'a.prompty': '---\nname: [\n---\nsystem:\nHello\n' }, 'a.prompty');
    assert.match((await problemLines(prompt))[0] ?? '', /^[23]:\d+ error/);
  });

  it('leave other files alone', async () => {
    const other = openFile({ 'data.yaml': 'schema_version: 1\nthings: [' }, 'data.yaml');
    assert.equal(other.kind, 'other');
    assert.deepEqual(await problemLines(other), []);
  });
});
