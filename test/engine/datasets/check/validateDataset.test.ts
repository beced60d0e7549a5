import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { validateDataset } from '../../../../src/engine/datasets/dataset.ts';
import type { Problem } from '../../../../src/engine/model/problem.ts';

const HEAD = 'schema_version: 2.0.0\nversion: 1.0.0\n';

const inYaml = (cases: string) => validateDataset({ path: 'a.yaml', text: `${HEAD}test_cases:\n${cases}` });
const brief = (problems: readonly Problem[]) =>
  problems.map(({ code, message, location }) => `${location.line}:${location.column} ${code}: ${message}`);

describe('validateDataset', () => {
  it('finds nothing wrong with a dataset that uses every field', async () => {
    const text = readFileSync(
      new URL('../../../fixtures/datasets/support-2.0.0.yaml', import.meta.url),
      'utf8',
    );
    const found = await validateDataset({ path: 'support.golden.yaml', text });
    // The one that is the author's own.
    assert.deepEqual(brief(found), [
      '30:5 unknown-field: test_cases[0].own_field is an unknown field and is ignored',
    ]);
  });

  const wrong: [name: string, cases: string, problems: string[]][] = [
    [
      'an unknown complexity',
      '  - id: a\n    input: x\n    complexity: hard\n',
      ["6:17 unknown-value: test_cases[0].complexity is 'hard'; expected simple, medium or complex"],
    ],
    ['a missing id', '  - input: x\n', ['4:5 missing-field: test_cases[0] has no id']],
    ['no input', '  - id: a\n', ['4:5 missing-field: test_cases[0] has neither input nor messages']],
    [
      'a number as id',
      '  - id: 12\n    input: x\n',
      ['4:9 wrong-type: test_cases[0].id is 12; expected a string'],
    ],
    ['an empty id', '  - id: ""\n    input: x\n', ['4:9 empty-text: test_cases[0].id is an empty string']],
    [
      'a list as input',
      '  - id: a\n    input: [x]\n',
      ['5:12 wrong-type: test_cases[0].input is a list; expected a string or a map'],
    ],
    [
      'an empty expectation',
      '  - id: a\n    input: x\n    expected_output:\n',
      ['6:5 wrong-type: test_cases[0].expected_output is empty; expected a map'],
    ],
    [
      'a share above 1',
      '  - id: a\n    input: x\n    evaluation_criteria: { min_accuracy: 70 }\n',
      ['6:42 out-of-range: test_cases[0].evaluation_criteria.min_accuracy is 70; expected 1 or less'],
    ],
    [
      'a latency of 0',
      '  - id: a\n    input: x\n    evaluation_criteria: { max_latency_ms: 0 }\n',
      ['6:44 out-of-range: test_cases[0].evaluation_criteria.max_latency_ms is 0; expected more than 0'],
    ],
    [
      'a message without content',
      '  - id: a\n    messages: [{ role: user }]\n',
      ['5:16 missing-field: test_cases[0].messages[0] has no content'],
    ],
    [
      'no messages',
      '  - id: a\n    messages: []\n',
      ['5:15 empty-list: test_cases[0].messages is an empty list'],
    ],
    ['a case that is a text', '  - hello\n', ["4:5 wrong-type: test_cases[0] is 'hello'; expected a map"]],
    [
      'concepts that are numbers',
      '  - id: a\n    input: x\n    expected_output: { expected_concepts: [14] }\n',
      ['6:44 wrong-type: test_cases[0].expected_output.expected_concepts[0] is 14; expected a string'],
    ],
    [
      'a misspelt field',
      '  - id: a\n    input: x\n    expected_ouput: {}\n',
      [
        '6:5 near-miss-field: test_cases[0].expected_ouput is an unknown field and is ignored; did you mean expected_output?',
      ],
    ],
    [
      'a field in another case',
      '  - id: a\n    input: x\n    expectedOutput: {}\n',
      [
        '6:5 near-miss-field: test_cases[0].expectedOutput is an unknown field and is ignored; did you mean expected_output?',
      ],
    ],
    [
      'the older name of a field',
      '  - id: a\n    input: x\n    expected_output: { expected_keywords: [a] }\n',
      [
        '6:24 near-miss-field: test_cases[0].expected_output.expected_keywords is an unknown field and is ignored; did you mean expected_concepts?',
      ],
    ],
    [
      'letters in the wrong order',
      '  - id: a\n    input: x\n    expected_output: { anwser: hi }\n    tasg: [a]\n',
      [
        '7:5 near-miss-field: test_cases[0].tasg is an unknown field and is ignored; did you mean tags?',
        '6:24 near-miss-field: test_cases[0].expected_output.anwser is an unknown field and is ignored; did you mean answer?',
      ],
    ],
    [
      'a misspelt criterion',
      '  - id: a\n    input: x\n    evaluation_criteria: { max_latencyms: 3, min_saftey: 1 }\n',
      [
        '6:28 near-miss-field: test_cases[0].evaluation_criteria.max_latencyms is an unknown field and is ignored; did you mean max_latency_ms?',
        '6:46 near-miss-field: test_cases[0].evaluation_criteria.min_saftey is an unknown field and is ignored; did you mean min_safety?',
      ],
    ],
  ];
  for (const [name, cases, problems] of wrong) {
    it(`names the place and the expected form of ${name}`, async () => {
      assert.deepEqual(brief(await inYaml(cases)), problems);
    });
  }

  it('keeps unknown fields, and names each of them once', async () => {
    const own = (id: string) =>
      `  - id: ${id}\n    input: x\n    reviewer: me\n    expected_output: { tone: kind }\n`;
    assert.deepEqual(brief(await inYaml(own('a') + own('b'))), [
      '6:5 unknown-field: test_cases[0].reviewer is an unknown field and is ignored',
      '7:24 unknown-field: test_cases[0].expected_output.tone is an unknown field and is ignored',
    ]);
  });

  it('refuses a limit that nothing checks', async () => {
    const problems = await inYaml('  - id: a\n    input: x\n    evaluation_criteria: { min_tone: 0.5 }\n');
    assert.deepEqual(
      problems.map(({ severity, code }) => [severity, code]),
      [['error', 'unknown-limit']],
    );
  });

  it('names both places of a duplicate id, in every format', async () => {
    const yaml = await inYaml('  - id: a\n    input: x\n  - id: b\n    input: x\n  - id: a\n    input: x\n');
    assert.deepEqual(brief(yaml), [
      "8:9 duplicate-case-id: the case id 'a' is used twice; first occurrence at a.yaml:4:9",
    ]);
    assert.deepEqual(yaml[0]?.related?.[0]?.location.line, 4);
    const line = (id: string) => JSON.stringify({ input: 'x', id });
    const jsonl = await validateDataset({
      path: 'a.jsonl',
      text: `{"schema_version":"2.0.0","version":"1.0.0"}\n${line('a')}\n\n${line('a')}\n${line('a')}\n`,
    });
    assert.deepEqual(brief(jsonl), [
      "4:19 duplicate-case-id: the case id 'a' is used twice; first occurrence at a.jsonl:2:19",
      "5:19 duplicate-case-id: the case id 'a' is used twice; first occurrence at a.jsonl:2:19",
    ]);
    const json = `{"schema_version":"2.0.0","version":"1.0.0","test_cases":[\n${line('a')},\n${line('a')}]}`;
    assert.deepEqual(
      (await validateDataset({ path: 'a.json', text: json })).map((p) => p.location.line),
      [3],
    );
  });

  const headers: [name: string, text: string, problem: RegExp][] = [
    ['an empty file', '', /^1:1 empty-dataset: the file is empty/],
    ['a list', '- a\n', /^1:1 wrong-type: the file is not a map/],
    [
      'no schema_version',
      'version: 1.0.0\ntest_cases: []\n',
      /^1:1 missing-field: the file has no schema_version/,
    ],
    [
      'a newer major version',
      'schema_version: 3.0.0\n',
      /^1:17 newer-schema: schema_version is 3\.0\.0; this version reads up to 2\.0\.0/,
    ],
    [
      'a number as schema_version',
      'schema_version: 2.0\n',
      /^1:17 unknown-schema: schema_version is 2; expected 2\.0\.0/,
    ],
    ['a version of long ago', 'schema_version: 0.1.0\n', /unknown-schema/],
    ['no cases', `${HEAD}test_cases: []\n`, /^3:13 empty-dataset: the dataset has no cases/],
    ['no test_cases', HEAD, /^1:1 missing-field: the file has no test_cases/],
    [
      'a version that is not semver',
      'schema_version: 2.0.0\nversion: v1\ntest_cases: [{ id: a, input: x }]\n',
      /^2:10 bad-version: version is 'v1'; expected a version such as 1\.0\.0/,
    ],
    [
      'a misspelt list',
      `${HEAD}testcases: []\n`,
      /near-miss-field: testcases is an unknown field and is ignored; did you mean test_cases/,
    ],
    ['bad YAML', `${HEAD}test_cases: [\n`, /unreadable-file: invalid YAML/],
  ];
  for (const [name, text, problem] of headers) {
    it(`explains ${name}`, async () => {
      const found = brief(await validateDataset({ path: 'a.yaml', text }));
      assert.ok(
        found.some((line) => problem.test(line)),
        found.join('\n'),
      );
    });
  }

  it('reads a newer minor version and keeps what it does not know', async () => {
    const text =
      'schema_version: 2.7.0\nversion: 1.0.0\nnew_part: 1\ntest_cases: [{ id: a, input: x, brand_new: 2 }]\n';
    assert.deepEqual(await validateDataset({ path: 'a.yaml', text }), []);
  });

  it('warns of a JSONL file without a header', async () => {
    const problems = await validateDataset({ path: 'a.jsonl', text: '{"id":"a","input":"x"}\n' });
    assert.deepEqual(
      problems.map((problem) => [problem.severity, problem.code]),
      [['warning', 'missing-header']],
    );
  });

  it('goes on behind a broken line of JSONL', async () => {
    const text =
      '{"schema_version":"2.0.0","version":"1.0.0"}\n{"id":\n{"id":"b"}\n{"id":"c","input":"x","input":"y"}\n';
    assert.deepEqual(brief(await validateDataset({ path: 'a.jsonl', text })), [
      '2:7 unreadable-file: invalid JSON: expected a value',
      '3:1 missing-field: test_cases[1] has neither input nor messages',
      "4:23 unreadable-file: the key 'input' was already used at a.jsonl:4:11",
    ]);
  });

  it('says that an empty JSONL file, or one with only a header, has no cases', async () => {
    for (const text of ['', '\n', '{"schema_version":"2.0.0","version":"1.0.0"}\n']) {
      const problems = await validateDataset({ path: 'a.jsonl', text });
      assert.deepEqual(
        problems.map((problem) => problem.code),
        ['empty-dataset'],
      );
    }
  });

  it('stops at 200 problems and prefers errors to warnings', async () => {
    const cases = Array.from({ length: 300 }, (_, n) => `  - id: a${n}\n    input: x\n    tagz: []\n`);
    assert.equal((await inYaml(cases.join(''))).length, 200);
    const problems = await inYaml(`${cases.join('')}  - id: last\n`);
    assert.equal(problems.length, 200);
    assert.equal(problems.at(-1)?.code, 'missing-field');
  });

  it('shows control characters of a value harmlessly', async () => {
    const [problem] = await inYaml('  - id: a\n    input: x\n    complexity: "\\e[31mred"\n');
    assert.equal(problem?.message.includes('\u001b'), false);
  });

  it('refuses a file whose name does not tell its kind', async () => {
    await assert.rejects(validateDataset({ path: 'a.csv', text: '' }), /does not identify a dataset format/);
  });

  it('finds what only the current format refuses in an older file', async () => {
    const text =
      'schema_version: 1.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n    input: x\n    complexity: hard\n';
    assert.deepEqual(brief(await validateDataset({ path: 'a.yaml', text })), [
      "6:17 unknown-value: test_cases[0].complexity is 'hard'; expected simple, medium or complex",
    ]);
  });
});
