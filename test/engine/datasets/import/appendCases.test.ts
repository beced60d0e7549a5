import assert from 'node:assert/strict';
import fc from 'fast-check';
import { appendCases } from '../../../../src/engine/datasets/import/appendCases.ts';
import { toYaml } from '../../../../src/engine/datasets/import/writeDataset.ts';
import { FileError, ProblemsError } from '../../../../src/engine/errors.ts';
import { diffText } from '../../../../src/engine/files/text/diffText.ts';
import { anyCases } from './anyCase.ts';

const fresh = [{ id: 'new', input: 'line\nline', tags: ['x'] }];

const YAML = `# the head
schema_version: 2.0.0
version: 1.2.3   # raised by hand
test_cases:
  # first
  - id: a
    input: x

  - id: b   # second
    input: |
      several
      lines
# the end
`;

const added = (before: string, after: string) =>
  diffText(before, after, 'x')
    .split('\n')
    .slice(2)
    .filter((line) => /^[+-]/.test(line));

describe('appendCases', () => {
  it('adds YAML cases as the others are written, and raises the minor version', async () => {
    const result = await appendCases({ path: 'a.yaml', text: YAML }, fresh);
    assert.deepEqual(result.version, { from: '1.2.3', to: '1.3.0' });
    assert.deepEqual(added(YAML, result.text), [
      '-version: 1.2.3   # raised by hand',
      '+version: 1.3.0   # raised by hand',
      '+',
      '+  - id: new',
      '+    input: |-',
      '+      line',
      '+      line',
      '+    tags:',
      '+      - x',
    ]);
    assert.ok(result.text.endsWith('      - x\n# the end\n'));
  });

  it('keeps CRLF, and a file without a line break at its end', async () => {
    const windows = await appendCases({ path: 'a.yaml', text: YAML.replaceAll('\n', '\r\n') }, fresh);
    assert.equal(windows.text.replaceAll('\r\n', '').includes('\n'), false);
    const cut = YAML.slice(0, YAML.indexOf('# the end')).trimEnd();
    assert.match((await appendCases({ path: 'a.yaml', text: cut }, fresh)).text, /lines\n\n {2}- id: new/);
  });

  it('adds to YAML lists in brackets, and at the margin', async () => {
    const flow = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: x }]\n';
    assert.match((await appendCases({ path: 'a.yaml', text: flow }, fresh)).text, /x \}, \{"id":"new"/);
    const margin = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n- id: a\n  input: x\nlast: 1\n';
    assert.match(
      (await appendCases({ path: 'a.yaml', text: margin }, fresh)).text,
      /x\n- id: new\n[\s\S]*\nlast: 1\n$/,
    );
  });

  it('adds JSON cases with the layout of the last one', async () => {
    const lines = JSON.stringify(
      { schema_version: '2.0.0', version: '1.0.0', test_cases: [{ id: 'a', input: 'x' }] },
      null,
      2,
    );
    const result = await appendCases({ path: 'a.json', text: lines }, [{ id: 'new', input: 'y' }]);
    assert.deepEqual(JSON.stringify(JSON.parse(result.text), null, 2), result.text);
    const short = '{"schema_version":"2.0.0","version":"1.0.0","test_cases":[{"id":"a","input":"x"}]}';
    const one = await appendCases({ path: 'a.json', text: short }, [{ id: 'new', input: 'y' }]);
    assert.equal(one.text.includes('\n'), false);
  });

  it('adds JSONL lines, also to a file without a header or without a line break at its end', async () => {
    const text = '{"schema_version": "2.0.0", "version": "1.0.0"}\n{"id":"a","input":"x"}';
    const result = await appendCases({ path: 'a.jsonl', text }, [{ id: 'new', input: 'y' }]);
    assert.equal(
      result.text,
      '{"schema_version": "2.0.0", "version": "1.1.0"}\n{"id":"a","input":"x"}\n{"id":"new","input":"y"}\n',
    );
    const bare = await appendCases({ path: 'a.jsonl', text: '{"id":"a","input":"x"}\n' }, fresh);
    assert.equal(bare.version, undefined);
    assert.match(bare.text, /^\{"id":"a","input":"x"\}\n\{"id":"new"/);
  });

  it('tells cases that are there already from those that differ, and changes neither', async () => {
    const again = [
      { id: 'a', input: 'x' },
      { id: 'b', input: 'other' },
    ];
    const result = await appendCases({ path: 'a.yaml', text: YAML }, again);
    assert.deepEqual(result, { text: YAML, added: 0, same: ['a'], different: ['b'], version: undefined });
  });

  it('adds behind a text to which the blank lines behind it belong', async () => {
    const text =
      'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - id: z\n    input: q\n\n  - id: y\n    input: |+\n      text\n\n';
    const more = [
      { id: 'new-1', input: 'a' },
      { id: 'new-2', input: 'b' },
    ];
    const after = await appendCases({ path: 'd.golden.yaml', text }, more);
    assert.equal(after.added, 2);
    assert.match(after.text, /text\n\n {2}- id: new-1\n {4}input: a\n\n {2}- id: new-2\n/);
  });

  it('adds nothing when the same cases are added again', async () => {
    const once = await appendCases({ path: 'a.yaml', text: YAML }, fresh);
    const twice = await appendCases({ path: 'a.yaml', text: once.text }, fresh);
    assert.deepEqual([twice.text, twice.added, twice.same], [once.text, 0, ['new']]);
  });

  it('refuses a dataset of an older schema, an invalid one, and an invalid case', async () => {
    const old = 'schema_version: 1.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n    input: x\n';
    await assert.rejects(appendCases({ path: 'a.yaml', text: old }, fresh), (error) => {
      assert.ok(error instanceof FileError);
      assert.match(error.remedy ?? '', /touchstone upgrade a\.yaml/);
      return true;
    });
    await assert.rejects(appendCases({ path: 'a.yaml', text: 'version: 1\n' }, fresh), ProblemsError);
    await assert.rejects(appendCases({ path: 'a.yaml', text: YAML }, [{ id: 'c' }]), ProblemsError);
  });

  it('refuses a list that it cannot reach in place', async () => {
    const text = 'schema_version: 2.0.0\nversion: 1.0.0\nall: &all [{ id: a, input: x }]\ntest_cases: *all\n';
    await assert.rejects(appendCases({ path: 'a.yaml', text }, fresh), /without changing other parts/);
  });

  it('adds any cases to any dataset, or refuses', async () => {
    await fc.assert(
      fc.asyncProperty(anyCases, anyCases, async (there, more) => {
        const dataset = { schema_version: '2.0.0', version: '1.0.0', test_cases: there };
        const result = await appendCases({ path: 'a.yaml', text: toYaml(dataset) }, more);
        assert.equal(result.added + result.same.length + result.different.length, more.length);
      }),
      { numRuns: 60 },
    );
  });
});
