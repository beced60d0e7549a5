import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { readXml } from '../support/xmlReader.ts';

const WORKSPACE = {
  'touchstone.yaml': `suites:
  echo:
    dataset: cases.golden.yaml
    targets: [{ name: echo, echo: true }]
    evaluators: [{ contains: refund }]
`,
  'cases.golden.yaml': `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: one, input: the refund }
  - { id: two, input: the weather }
`,
};

describe('report files', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder(WORKSPACE);
  });

  const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');

  it('are written in every form that is asked for at once', async () => {
    const files = ['r.json', 'r.jsonl', 'R.JUnit.XML', 'plain.xml', 'r.csv', 'r.md'];
    const { code, err } = await touchstone(folder, 'eval', '--no-progress', '-o', ...files);
    assert.equal(code, 1);
    for (const file of files) assert.match(err, new RegExp(`report written to ${file}`));
    assert.equal(JSON.parse(read('r.json')).runs[0].results.length, 2);
    assert.equal(read('r.jsonl').trimEnd().split('\n').length, 3);
    assert.equal(readXml(read('R.JUnit.XML')).attributes['failures'], '1');
    assert.equal(read('plain.xml'), read('R.JUnit.XML'));
    assert.equal(read('r.csv').trimEnd().split('\r\n').length, 3);
    assert.match(read('r.md'), /## ❌ Touchstone failed/);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  it('of a stored run are the same as those of the run itself', async () => {
    await touchstone(folder, 'eval', '--no-progress', '-o', 'first.json', 'first.md');
    const { code } = await touchstone(folder, 'show', '-o', 'again.json', 'again.md');
    assert.equal(code, 0);
    assert.equal(read('again.json'), read('first.json'));
    assert.equal(read('again.md'), read('first.md'));
  });

  it('with an unknown ending are refused before anything is called, with those that there are', async () => {
    const { code, out, err } = await touchstone(folder, 'eval', '--no-progress', '-o', 'r.json', 'r.pdf');
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, /unknown report format: r\.pdf/);
    for (const ending of ['.json', '.jsonl', '.junit.xml', '.csv', '.md']) assert.ok(err.includes(ending));
  });

  it('in a folder that is missing are refused before anything is called', async () => {
    const { code, out, err } = await touchstone(folder, 'eval', '--no-progress', '-o', 'no/such/r.md');
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, /the folder for the report no\/such\/r\.md does not exist/);
  });

  it('that cannot be written are an error, and leave nothing behind', async () => {
    mkdirSync(path.join(folder, 'r.md'));
    const { code, err } = await touchstone(folder, 'eval', '--no-progress', '-o', 'r.md');
    assert.equal(code, 2);
    assert.match(err, /error r\.md: the report could not be written/);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });
});
