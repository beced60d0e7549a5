import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readDatasetVersion } from '../../../../src/engine/datasets/diff/datasetVersion.ts';
import { diffDatasets } from '../../../../src/engine/datasets/diff/diffDatasets.ts';
import { diffValues } from '../../../../src/engine/datasets/diff/diffValues.ts';
import { judgeVersion } from '../../../../src/engine/datasets/diff/versionBump.ts';
import { ProblemsError } from '../../../../src/engine/errors.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { JsonObject, JsonValue } from '../../../../src/engine/model/json.ts';
import { anyCase, anyCases } from '../import/anyCase.ts';

const { signal } = new AbortController();

const version = (cases: GoldenCase[], header: JsonObject = {}) => ({
  label: 'a.yaml',
  header: { schema_version: '2.0.0', version: '1.0.0', ...header },
  cases,
});

const base: GoldenCase = {
  id: 'a',
  input: 'x',
  description: 'd',
  expected_output: { answer: 'y', expected_concepts: ['p', 'q'] },
  tags: ['t', 'u'],
};

/** What a change of the one case calls for. */
const needed = (change: Partial<GoldenCase>, from: GoldenCase = base) =>
  diffDatasets(version([from]), version([{ ...from, ...change }])).version.needed;

describe('diffDatasets', () => {
  it('finds nothing between a dataset and itself, in any order of cases and keys', () => {
    fc.assert(
      fc.property(anyCases, (cases) => {
        const turned = cases
          .toReversed()
          .map((entry) => Object.fromEntries(Object.entries(entry).toReversed()));
        const diff = diffDatasets(version(cases), version(turned as unknown as GoldenCase[]));
        assert.deepEqual([diff.added, diff.removed, diff.changed], [[], [], []]);
        assert.deepEqual(
          [diff.unchanged, diff.version.needed, diff.version.enough],
          [cases.length, 'none', true],
        );
      }),
    );
  });

  it('says of any two cases which fields differ, the other way round too', () => {
    fc.assert(
      fc.property(anyCase, anyCase, (one, other) => {
        const [before, after] = [one, other] as unknown as [JsonValue, JsonValue];
        const there = diffValues(before, after);
        const back = diffValues(after, before);
        assert.ok(there.length > 0);
        const turned = { added: 'removed', removed: 'added', changed: 'changed', items: 'items' };
        const key = (kind: string, path: readonly unknown[]) => `${kind} ${JSON.stringify(path)}`;
        assert.deepEqual(
          there.map(({ kind, path }) => key(turned[kind], path)).sort(),
          back.map(({ kind, path }) => key(kind, path)).sort(),
        );
      }),
    );
  });

  it('calls for a major version where an expectation changed', () => {
    const expected = { ...base.expected_output };
    assert.equal(needed({ expected_output: { ...expected, answer: 'z' } }), 'major');
    assert.equal(needed({ expected_output: { ...expected, expected_concepts: ['p'] } }), 'major');
    assert.equal(needed({ expected_output: { ...expected, tool_calls: [] } }), 'major');
    assert.equal(needed({ evaluation_criteria: { min_accuracy: 0.5 } }), 'major');
    assert.equal(needed({ assert: [{ type: 'is-json' }] }), 'major');
    assert.equal(needed({ threshold: 0.5 }), 'major');
  });

  it('calls for a patch where wording changed', () => {
    assert.equal(needed({ input: 'X' }), 'patch');
    assert.equal(needed({ description: 'D' }), 'patch');
    assert.equal(needed({ tags: ['t'] }), 'patch');
    assert.equal(needed({ of_my_own: 1 }), 'patch');
    const diff = diffDatasets(
      version([base], { metadata: { name: 'a' } }),
      version([base], { metadata: { name: 'b' } }),
    );
    assert.equal(diff.version.needed, 'patch');
    assert.deepEqual(diff.header, [{ kind: 'changed', path: ['metadata', 'name'], before: 'a', after: 'b' }]);
  });

  it('calls for nothing where only the order of tags or concepts changed, or one was written twice', () => {
    assert.equal(needed({ tags: ['u', 't', 't'] }), 'none');
    assert.equal(
      needed({ expected_output: { ...base.expected_output, expected_concepts: ['q', 'p'] } }),
      'none',
    );
    const calls = (names: string[]) => ({ expected_output: { tool_calls: names.map((name) => ({ name })) } });
    assert.equal(
      needed(calls(['b', 'a']), { ...base, ...calls(['a', 'b']) }),
      'major',
      'calls have an order',
    );
  });

  it('calls for a minor version for an added case, a major one for a removed one', () => {
    const more = { id: 'b', input: 'y' };
    assert.equal(diffDatasets(version([base]), version([base, more])).version.needed, 'minor');
    assert.equal(diffDatasets(version([base, more]), version([base])).version.needed, 'major');
  });

  it('tells a renamed case', () => {
    const diff = diffDatasets(version([base]), version([{ ...base, id: 'b' }]));
    assert.deepEqual([diff.removed[0]?.sameAs, diff.added[0]?.sameAs], ['b', 'a']);
    assert.equal(diff.version.needed, 'major', 'results are paired by id');
  });

  it('names the innermost fields with both values', () => {
    const [before, after] = [
      { ...base, input: { order: { id: 1, kept: true }, list: [1, 2] } },
      { ...base, input: { order: { id: 2, kept: true }, list: [1, 3, 4] }, tags: ['u', 'v'] },
    ];
    const [changed] = diffDatasets(version([before]), version([after])).changed;
    assert.deepEqual(changed, {
      id: 'a',
      changes: [
        { kind: 'changed', path: ['input', 'order', 'id'], before: 1, after: 2, bump: 'patch' },
        { kind: 'changed', path: ['input', 'list', 1], before: 2, after: 3, bump: 'patch' },
        { kind: 'added', path: ['input', 'list', 2], after: 4, bump: 'patch' },
        { kind: 'items', path: ['tags'], added: ['v'], removed: ['t'], bump: 'patch' },
      ],
    });
  });
});

describe('judgeVersion', () => {
  const rows: [
    before: string,
    after: string,
    needed: 'none' | 'patch' | 'minor' | 'major',
    made: string,
    enough: boolean,
  ][] = [
    ['1.2.3', '1.2.3', 'none', 'none', true],
    ['1.2.3', '1.2.3', 'patch', 'none', false],
    ['1.2.3', '1.2.4', 'patch', 'patch', true],
    ['1.2.3', '1.2.4', 'minor', 'patch', false],
    ['1.2.3', '1.3.0', 'minor', 'minor', true],
    ['1.2.3', '1.3.0', 'major', 'minor', false],
    ['1.2.3', '2.0.0', 'major', 'major', true],
    ['1.2.3', '2.0.0', 'none', 'major', true],
    ['1.2.3', '1.2.2', 'none', 'lowered', false],
    ['2.0.0', '1.9.9', 'patch', 'lowered', false],
    ['1.2.3', '2.0.0-rc.1', 'major', 'major', true],
    ['2.0.0-rc.1', '2.0.0-rc.2', 'major', 'prerelease', true],
    ['2.0.0-rc.1', '2.0.0', 'major', 'prerelease', true],
    ['1.2.3', '1.2.3+build', 'patch', 'none', false],
  ];
  for (const [before, after, need, made, enough] of rows) {
    it(`${before} → ${after} is ${enough ? '' : 'not '}enough for ${need}`, () => {
      const verdict = judgeVersion(before, after, need);
      assert.deepEqual([verdict.made, verdict.enough], [made, enough]);
    });
  }

  it('suggests the version that would do', () => {
    assert.equal(judgeVersion('1.2.3', '1.2.4', 'major').suggested, '2.0.0');
    assert.equal(judgeVersion('1.2.3', '1.2.3', 'minor').suggested, '1.3.0');
    assert.equal(judgeVersion('1.2.3', '2.0.0', 'major').suggested, undefined);
  });
});

describe('readDatasetVersion', () => {
  const read = (label: string, text: string) => readDatasetVersion({ kind: 'text', label, text }, signal);

  it('reads the same from YAML, JSON and JSONL, unknown header fields too', async () => {
    const header = { schema_version: '2.0.0', version: '1.0.0', mine: [1] };
    const whole = JSON.stringify({ ...header, test_cases: [base] });
    const jsonl = `${JSON.stringify(header)}\n\n${JSON.stringify(base)}\r\n`;
    const versions = [await read('a.yaml', whole), await read('a.json', whole), await read('a.jsonl', jsonl)];
    for (const one of versions) assert.deepEqual({ ...one, label: '' }, { label: '', header, cases: [base] });
  });

  it('brings older cases to the current schema, so that an upgrade is no change', async () => {
    const old =
      'schema_version: 1.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n    input: x\n    expected_output: { expected_keywords: [k] }\n';
    const now =
      'schema_version: 2.0.0\nversion: 1.0.1\ntest_cases:\n  - id: a\n    input: x\n    expected_output: { expected_concepts: [k] }\n    complexity: simple\n    evaluation_criteria: { min_relevance: 0.7, min_accuracy: 0.7, min_safety: 1 }\n';
    const diff = diffDatasets(await read('a.yaml', old), await read('a.yaml', now));
    assert.deepEqual([diff.unchanged, diff.version.needed, diff.version.enough], [1, 'none', true]);
    assert.deepEqual([diff.before.schemaVersion, diff.after.schemaVersion], ['1.0.0', '2.0.0']);
  });

  it('refuses an invalid version of either kind', async () => {
    await assert.rejects(
      read('a.yaml', 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n'),
      ProblemsError,
    );
    await assert.rejects(read('a.jsonl', '{"id":"a","input":"x"}\n{"id":"a","input":"y"}\n'), ProblemsError);
  });

  it('compares 100,000 cases', async () => {
    const header = '{"schema_version":"2.0.0","version":"1.0.0"}\n';
    const lines = (answer: string) =>
      Array.from(
        { length: 100_000 },
        (_, index) =>
          `{"id":"c${index}","input":"question ${index}","expected_output":{"answer":"${index === 99_999 ? answer : 'x'}"}}\n`,
      ).join('');
    const diff = diffDatasets(
      await read('a.jsonl', header + lines('x')),
      await read('b.jsonl', header + lines('y')),
    );
    assert.deepEqual([diff.unchanged, diff.changed.map(({ id }) => id)], [99_999, ['c99999']]);
  }).timeout(20_000);
});
