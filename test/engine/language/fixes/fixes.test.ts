import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import type { LanguageFile } from '../../../../src/engine/language/languageFile.ts';
import { applied, everywhere, fixesAt, openFile, problemLines, retyped } from '../open.ts';

const DATASET = `schema_version: 2.0.0
version: 1.0.0 # of the content
test_cases:
  - id: a
    input: one
    tags: [x]
`;

/** Takes the first preferred fix until none is left; returns the titles and what the file has become. */
async function mend(file: LanguageFile): Promise<{ titles: string[]; file: LanguageFile }> {
  const titles: string[] = [];
  let current = file;
  while (titles.length < 10) {
    const fix = (await fixesAt(current, everywhere)).find(({ problem, preferred }) => problem && preferred);
    const text = fix && applied(current, fix);
    if (fix === undefined || text === undefined) break;
    titles.push(fix.title);
    current = retyped(current, text);
  }
  return { titles, file: current };
}

describe('fixes', () => {
  it('rename misspelt fields and give duplicate ids a number, with quotes and comments kept', async () => {
    const text = `${DATASET}  - 'id': "a" # again
    input: two
    expected_output: { "expected_concept": [y] }
  - id: a-2
    inputs: three
    input: three
`;
    const { titles, file } = await mend(openFile({ 'a.golden.yaml': text }, 'a.golden.yaml'));
    assert.deepEqual(titles, ['Change to "expected_concepts"', 'Change the id to "a-3"']);
    assert.equal(
      file.text,
      text.replace('"a" # again', '"a-3" # again').replace('"expected_concept"', '"expected_concepts"'),
    );
    assert.deepEqual(await problemLines(file), [
      '11:5-11:11 warning unknown-field: test_cases[2].inputs is an unknown field and is ignored',
    ]);
  });

  it('write the schema version that is missing or unknown', async () => {
    for (const head of ['', 'schema_version: two\n', 'schema_version: "9.0.0"\n']) {
      const text = DATASET.replace('schema_version: 2.0.0\n', head);
      const { file } = await mend(openFile({ 'a.golden.yaml': text }, 'a.golden.yaml'));
      assert.deepEqual(await problemLines(file), []);
      assert.match(file.text, /^schema_version: "?2\.0\.0"?\nversion/);
    }
  });

  it('say what a configuration means: keys, providers, evaluators, files', async () => {
    const text = `providers: { local: { base_url: http://127.0.0.1:1/v1 } }
suites:
  a:
    dataset: a.golden.yml
    targets: [{ echo: true }]
    evaluators: [conceps, { rubrik: { criteria: polite } }]
    judge: locl/small
    repeet: 2
    gate: { min_pass_rate: 0.5 }
`;
    const opened = openFile({ 'touchstone.yaml': text, 'a.golden.yaml': DATASET }, 'touchstone.yaml');
    const { titles, file } = await mend(opened);
    assert.deepEqual(titles.toSorted(), [
      'Change to "a.golden.yaml"',
      'Change to "concepts"',
      'Change to "local/small"',
      'Change to "repeat"',
      'Change to "rubric"',
    ]);
    assert.deepEqual(await problemLines(file), []);
  });

  it('make a file that is missing, one that is valid as it is', async () => {
    const names = [
      'new.golden.yaml',
      'new.golden.json',
      'new.golden.jsonl',
      'p/new.prompty',
      'p/new.prompt',
      'p/new.prompt.yml',
    ];
    for (const name of names) {
      const field = name.startsWith('p/')
        ? `targets: [{ prompt: ${name}, model: openai/gpt-5-mini }]`
        : `dataset: ${name}`;
      const rest = name.startsWith('p/') ? 'dataset: old.golden.yaml' : 'targets: [{ echo: true }]';
      const config = `suites: { a: { ${field}, ${rest} } }\n`;
      const file = openFile({ 'touchstone.yaml': config, 'old.golden.yaml': DATASET }, 'touchstone.yaml');
      const fixes = await fixesAt(file, everywhere);
      const create = fixes.find(({ change }) => change.kind === 'create');
      assert.ok(create?.change.kind === 'create', `nothing makes ${name}`);
      assert.equal(create.title, `Create "${name}"`);
      const made = openFile({ [name]: create.change.text }, name);
      assert.deepEqual(await problemLines(made), [], name);
    }
  });

  it('never make a file outside the workspace', async () => {
    const config = 'suites: { a: { dataset: ../new.golden.yaml, targets: [{ echo: true }] } }\n';
    assert.deepEqual(
      await fixesAt(openFile({ 'touchstone.yaml': config }, 'touchstone.yaml'), everywhere),
      [],
    );
  });

  it('upgrade a dataset of an older schema, where its version stands', async () => {
    const old = `schema_version: 1.0.0 # old
version: 1.0.0
test_cases:
  - id: a
    input: one
    expected_output: { expected_keywords: [x] }
`;
    const file = openFile({ 'a.golden.yaml': old }, 'a.golden.yaml');
    const at = (line: number) => fixesAt(file, { line, column: 5, endLine: line, endColumn: 5 });
    const [upgrade, ...more] = await at(1);
    assert.ok(upgrade);
    assert.equal(upgrade.title, 'Upgrade to schema 2.0.0');
    assert.deepEqual(more, []);
    assert.deepEqual(upgrade.change, { kind: 'upgrade' }, 'worked out when it is asked for');
    assert.deepEqual(await at(4), []);
    const current = openFile({ 'a.golden.yaml': DATASET }, 'a.golden.yaml');
    assert.deepEqual(await fixesAt(current, { line: 1, column: 1, endLine: 1, endColumn: 1 }), []);
  });

  it('raise the version as far as the changes since HEAD call for', async () => {
    const file = openFile({ 'sub/a.golden.yaml': DATASET }, 'sub/a.golden.yaml');
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: file.root,
        stdio: 'pipe',
      });
    const titles = async (text: string) => {
      const open = retyped(file, text);
      const fixes = await fixesAt(open, { line: 2, column: 1, endLine: 2, endColumn: 1 }, true);
      return fixes.map((fix) => [fix.title, (applied(open, fix) ?? '').split('\n')[1]]);
    };
    assert.deepEqual(await titles(DATASET), [], 'there is no repository');
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    assert.deepEqual(await titles(DATASET), []);
    const raised = (version: string, change: string) => [
      [
        `Raise the version to ${version} (${change} change since 1.0.0)`,
        `version: ${version} # of the content`,
      ],
    ];
    assert.deepEqual(await titles(DATASET.replace('[x]', '[y]')), raised('1.0.1', 'patch'));
    assert.deepEqual(await titles(`${DATASET}  - id: b\n    input: two\n`), raised('1.1.0', 'minor'));
    const stricter = DATASET.replace('tags:', 'expected_output: { answer: yes }\n    tags:');
    assert.deepEqual(await titles(stricter), raised('2.0.0', 'major'));
    assert.deepEqual(await titles(stricter.replace('version: 1.0.0', 'version: 2.0.0')), []);
    writeFileSync(file.absolute, 'no longer a dataset');
    assert.deepEqual(await titles('version: 1.0.0\nversion: 1'), [], 'not valid at the moment');
  });
});
