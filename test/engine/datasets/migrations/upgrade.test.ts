import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { upgradeDataset } from '../../../../src/engine/datasets/migrations/upgrade.ts';
import { FileError, ProblemsError } from '../../../../src/engine/errors.ts';
import { parseYaml } from '../../../../src/engine/files/formats/parseYaml.ts';
import { diffText } from '../../../../src/engine/files/text/diffText.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/datasets/${name}`, import.meta.url), 'utf8');

/** Compares with the golden file; with UPDATE_GOLDEN=1 it is written anew. */
function matchGolden(name: string, text: string): void {
  const url = new URL(`../../../golden/datasets/${name}`, import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(url, text);
  assert.equal(text, readFileSync(url, 'utf8'));
}

/** Lines of `before` that the upgrade left out or rewrote, and lines that it brought. */
function changedLines(before: string, after: string): { removed: string[]; added: string[] } {
  const body = diffText(before, after, 'x').split('\n').slice(2);
  const pick = (sign: string) => body.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
  return { removed: pick('-'), added: pick('+') };
}

describe('upgradeDataset', () => {
  for (const format of ['yaml', 'json', 'jsonl']) {
    const name = `refunds-1.0.0.${format}`;

    it(`upgrades ${name} with a small diff`, async () => {
      const text = fixture(name);
      const upgrade = await upgradeDataset({ path: name, text });
      matchGolden(`refunds-2.0.0.${format}`, upgrade.text);
      matchGolden(`refunds.${format}.diff`, diffText(text, upgrade.text, name));
      assert.deepEqual([upgrade.from, upgrade.to], ['1.0.0', '2.0.0']);
    });

    it(`upgrades ${name} with CRLF to the same text with CRLF`, async () => {
      const expected = (await upgradeDataset({ path: name, text: fixture(name) })).text.replaceAll(
        '\n',
        '\r\n',
      );
      const { text } = await upgradeDataset({ path: name, text: fixture(name).replaceAll('\n', '\r\n') });
      assert.equal(text, expected);
    });

    it(`leaves an upgraded ${format} file as it is`, async () => {
      const once = await upgradeDataset({ path: name, text: fixture(name) });
      const twice = await upgradeDataset({ path: name, text: once.text });
      assert.equal(twice.text, once.text);
      assert.deepEqual(twice.changes, []);
      assert.deepEqual([twice.from, twice.to], ['2.0.0', '2.0.0']);
    });

    it(`upgrades ${format} without a line break at its end`, async () => {
      const text = fixture(name).trimEnd();
      const upgrade = await upgradeDataset({ path: name, text });
      assert.equal(upgrade.text.endsWith('\n'), false);
    });
  }

  it('lists what it changes', async () => {
    const { changes } = await upgradeDataset({ path: 'a.jsonl', text: fixture('refunds-1.0.0.jsonl') });
    assert.deepEqual(changes.slice(0, 4), [
      { message: 'change schema_version from 1.0.0 to 2.0.0' },
      { message: 'change version from 1.0.0 to 1.0.1' },
      { caseId: 'refund-001', message: 'rename expected_output.expected_keywords to expected_concepts' },
      { caseId: 'refund-001', message: 'add complexity: simple' },
    ]);
    assert.equal(
      changes.some((change) => change.caseId === 'refund-003'),
      false,
    );
  });

  it('does nothing to a JSONL file without a header, which is current', async () => {
    const text = '{"id":"a","input":"x"}\n';
    assert.equal((await upgradeDataset({ path: 'a.jsonl', text })).text, text);
  });

  it('refuses a case with both names', async () => {
    const text =
      'schema_version: 1.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n    input: x\n    expected_output:\n      expected_keywords: [a]\n      expected_concepts: [b]\n';
    await assert.rejects(upgradeDataset({ path: 'a.yaml', text }), (error) => {
      assert.ok(error instanceof ProblemsError);
      assert.deepEqual(
        error.problems.map((problem) => [problem.code, problem.location.line]),
        [['migration-conflict', 8]],
      );
      return true;
    });
  });

  it('refuses an invalid dataset, also one that only the new format finds invalid', async () => {
    const start = 'schema_version: 1.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n';
    await assert.rejects(upgradeDataset({ path: 'a.yaml', text: start }), ProblemsError);
    const text = `${start}    input: x\n    complexity: hard\n`;
    await assert.rejects(
      upgradeDataset({ path: 'a.yaml', text }),
      /complexity is 'hard'; expected simple, medium or complex/,
    );
  });

  it('edits a shared value once, where its anchor stands', async () => {
    const text =
      'schema_version: 1.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n    input: x\n    expected_output: &e\n      expected_keywords: [k]\n  - id: b\n    input: y\n    expected_output: *e\n';
    const upgrade = await upgradeDataset({ path: 'a.yaml', text });
    assert.deepEqual(changedLines(text, upgrade.text).removed.length, 3);
    assert.match(upgrade.text, /expected_output: \*e\n {4}complexity: simple\n/);
  });

  it('refuses what it cannot edit in place, rather than change something else', async () => {
    const text =
      'schema_version: 1.0.0\nversion: 1.0.0\nshared: &e { expected_keywords: [k] }\ntest_cases:\n  - id: b\n    input: y\n    expected_output: *e\n';
    await assert.rejects(upgradeDataset({ path: 'a.yaml', text }), (error) => {
      assert.ok(error instanceof FileError);
      assert.match(error.message, /the case 'b' cannot be upgraded in place/);
      return true;
    });
  });

  const awkward: { [name: string]: string } = {
    'a block text at the end': '  - id: a\n    input: |\n      one\n\n      two\n',
    'a block text that keeps its blank lines':
      '  - input: x\n    id: a\n    description: |+\n      one\n\n\n',
    'a folded text': '  - id: a\n    input: >\n      one\n      two\n\n# end\n',
    'an empty last value': '  - id: a\n    input: x\n    note:\n',
    'a plain text over lines': '  - id: a\n    input: one\n      two\n      three # c\n',
    'a quoted text over lines': '  - id: a\n    input: "one\n\n      two" # c\n',
    'a case below its dash': '  -\n    id: a\n    input: x\n',
    'cases without indentation': '- id: a\n  input: x\n- id: b\n  input: y\n',
    'a flow map over lines': '  - {\n      id: a,\n      input: x, # c\n    }\n',
    'quoted keys': '  - "id": a\n    "input": x\n',
    'a flow list of cases': '  [{ id: a, input: x }, {"id": "b", "input": "y"}]\n',
    'a list at the end': '  - id: a\n    input: x\n    tags:\n    - one\n    - two\n',
    'a comment inside and behind':
      '  - id: a # one\n    # two\n    input: x # three\n    # four\n\n  # five\n  - id: b\n    input: y\n',
    'more keys behind the cases': '  - id: a\n    input: x\nnotes: kept\n',
    'an end marker': '  - id: a\n    input: x\n...\n',
  };
  for (const [name, cases] of Object.entries(awkward)) {
    for (const ending of ['as it is', 'trimmed', 'with CRLF'] as const) {
      it(`keeps every other line with ${name} (${ending})`, async () => {
        let text = `%YAML 1.2\n---\nschema_version: 1.0.0\nversion: 1.0.0\ntest_cases:\n${cases}`;
        if (ending === 'trimmed') text = text.trimEnd();
        if (ending === 'with CRLF') text = text.replaceAll('\n', '\r\n');
        const upgrade = await upgradeDataset({ path: 'a.yaml', text });
        const { test_cases } = parseYaml(upgrade.text, 'a.yaml').value as {
          test_cases: { complexity: string }[];
        };
        for (const testCase of test_cases) assert.equal(testCase.complexity, 'simple');
        const inline = /,\s+"?complexity"?: "?simple"?,\s+"?evaluation_criteria"?: \{[^}]*\}/g;
        const kept = upgrade.text
          .replace('schema_version: 2.0.0', 'schema_version: 1.0.0')
          .replace('version: 1.0.1', 'version: 1.0.0')
          .replace(inline, '')
          .split('\n')
          .filter((line) => !/^\s*"?(complexity|evaluation_criteria)"?:/.test(line));
        assert.equal(kept.join('\n').trimEnd(), text.trimEnd());
      });
    }
  }

  const word = fc.stringMatching(/^[a-zA-Z0-9 :#"'{}[\]-]{1,12}$/);
  const testCase = fc.record(
    {
      input: word,
      expected_output: fc.record(
        { expected_keywords: fc.array(word, { maxLength: 3 }), answer: word },
        { requiredKeys: [] },
      ),
      tags: fc.array(word, { maxLength: 2 }),
      metadata: fc.dictionary(
        fc.stringMatching(/^[a-z]{1,5}$/),
        fc.jsonValue({ maxDepth: 1, noUnicodeString: true } as object),
        { maxKeys: 2, noNullPrototype: true },
      ),
      description: fc.constantFrom('one line', 'two\nlines', 'kept\n\n', '\n  indented\n'),
    },
    { requiredKeys: ['input'] },
  );
  const dataset = fc.array(testCase, { minLength: 1, maxLength: 4 }).map((cases) => ({
    schema_version: '1.0.0',
    version: '3.2.1',
    test_cases: cases.map((item, index) => ({ id: `case-${index}`, ...item })),
  }));
  /** `flow`: cases share lines, so more than the edited keys changes with them. */
  const write = fc.constantFrom<[string, 'lines' | 'flow', (value: object) => string]>(
    ['a.yaml', 'lines', (value) => stringify(value)],
    ['a.yaml', 'lines', (value) => stringify(value, { indentSeq: false, indent: 4 })],
    ['a.yaml', 'flow', (value) => stringify(value, { collectionStyle: 'flow' })],
    ['a.yaml', 'lines', (value) => JSON.stringify(value, null, 2)],
    ['a.json', 'flow', (value) => JSON.stringify(value)],
    ['a.json', 'lines', (value) => JSON.stringify(value, null, '\t')],
    ['a.json', 'lines', (value) => JSON.stringify(value, null, 1)],
  );

  it('loses nothing and keeps every line that it need not edit', async () => {
    await fc.assert(
      fc.asyncProperty(dataset, write, fc.boolean(), async (value, [path, layout, print], crlf) => {
        const plain = print(value);
        fc.pre(!/\d{16}|e\+/.test(plain));
        const text = crlf ? plain.replaceAll('\n', '\r\n') : plain;
        const upgrade = await upgradeDataset({ path, text });
        assert.equal(/expected_keywords"?:/.test(upgrade.text), false);
        if (layout === 'flow') return;
        const { removed, added } = changedLines(text, upgrade.text);
        const eol = crlf ? '\r' : '';
        for (const line of removed) {
          const isEdited = /^\s*"?(schema_version|version|expected_keywords)"?:/.test(line);
          const gotComma = added.includes(`${line.slice(0, line.length - eol.length)},${eol}`);
          assert.ok(isEdited || gotComma, `changed: ${line}`);
        }
      }),
      { numRuns: 150 },
    );
  });
});
