import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { NamedSide } from '../../../../src/engine/compare/comparisonRequest.ts';
import type { PreparedComparison } from '../../../../src/engine/compare/preparedComparison.ts';
import { createEngine, type Engine } from '../../../../src/engine/engine.ts';
import { fixedEnvironment, noLog, systemClock } from '../../../../src/engine/ports.ts';
import { loadWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { systemRandom } from '../../../../src/systemRandom.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const FILES = {
  'touchstone.yaml': `suites:
  all:
    dataset: cases.golden.yaml
    targets:
      - { name: one, echo: one.prompty }
      - { name: two, echo: two.prompty }
      - { name: program, command: [cat] }
      - { name: address, http: 'http://127.0.0.1:9/' }
    evaluators: [{ contains: hello }]
`,
  'one.prompty': 'user:\nhello {{question}}\n',
  'two.prompty': 'user:\nbye {{question}}\n',
  'cases.golden.yaml':
    'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: a, input: { question: a } }\n',
};

/** Names of targets of the suite, or a side as it is. */
type Given = readonly string[] | NamedSide;

describe('two sides of one run', () => {
  const { signal } = new AbortController();
  let engine: Engine;
  let root: string;
  let merge: (before: Given, after: Given, labels?: [string, string]) => Promise<PreparedComparison>;

  beforeEach(async () => {
    const environment = fixedEnvironment({});
    root = temporaryFolder(FILES);
    const workspace = await loadWorkspace({ root, environment, signal });
    const [suite] = workspace.config.suites;
    assert.ok(suite);
    engine = createEngine(workspace, {
      clock: systemClock,
      random: systemRandom,
      environment,
      log: noLog,
      owner: { pid: process.pid, host: os.hostname(), started: null, alive: () => true },
      trust: { commands: true, scripts: false },
    });
    const prepare = async (baseline: NamedSide, candidate: NamedSide) => {
      const [found] = await engine.prepareComparison({ suite, baseline, candidate, overrides: {} }, signal);
      assert.ok(found);
      await found.run?.close();
      return found;
    };
    const sideOf = (side: Given, label: string): NamedSide => {
      if ('label' in side) return side;
      const targets = suite.targets.filter(({ name }) => side.includes(name));
      return { label, reference: { kind: 'given', targets } };
    };
    merge = (before, after, [first, second] = ['before', 'after']) =>
      prepare(sideOf(before, first), sideOf(after, second));
  });
  afterEach(() => engine.close());

  it('keep their names where these differ, and else say where they are from', async () => {
    const different = await merge(['one'], ['two']);
    assert.deepEqual(different.pairs, [{ baseline: 'one', candidate: 'two' }]);
    const alike = await merge(['one', 'two'], ['one', 'program', 'two']);
    assert.deepEqual(alike.pairs, [
      { baseline: 'one @ before', candidate: 'one @ after' },
      { baseline: 'two @ before', candidate: 'two @ after' },
    ]);
    const again = await merge(['one'], ['one'], ['.', '.']);
    assert.deepEqual(again.pairs, [{ baseline: 'one', candidate: 'one (again)' }]);
  });

  it('are the targets of one run over the cases, the baseline first', async () => {
    const { run, baseline, candidate, suite, notes } = await merge(['one', 'two'], ['one', 'two']);
    const names = ['one @ before', 'two @ before', 'one @ after', 'two @ after'];
    assert.deepEqual(
      run?.inputs.targets.map(({ target }) => target.name),
      names,
    );
    assert.deepEqual(run?.inputs.plan.comparison, { baseline: 'before', candidate: 'after' });
    assert.equal(run?.inputs.plan.trials, 4);
    assert.deepEqual(baseline, {
      label: 'before',
      storedRun: null,
      targets: names.slice(0, 2),
      files: null,
    });
    assert.deepEqual(candidate, { label: 'after', storedRun: null, targets: names.slice(2), files: null });
    assert.deepEqual([suite, notes], ['all', []]);
  });

  it('are the same where every pair is of one hash', async () => {
    for (const [before, after, same] of [
      [['one'], ['one'], true],
      [['one'], ['two'], false],
      [['one', 'two'], ['one', 'two'], true],
      [['program'], ['program'], true],
      [['address'], ['address'], true],
      [['program'], ['one'], false],
    ] as const)
      assert.equal((await merge(before, after)).same, same, `${before} and ${after}`);
  });

  it('take earlier results over by what these depend on, and none where a target meets itself', async () => {
    for (const [before, after, reusable] of [
      [
        ['one'],
        ['two'],
        [
          { target: 'one', when: 'always' },
          { target: 'two', when: 'always' },
        ],
      ],
      [
        ['program'],
        ['one'],
        [
          { target: 'program', when: 'files unchanged' },
          { target: 'one', when: 'always' },
        ],
      ],
      [['address'], ['one'], [{ target: 'one', when: 'always' }]],
      [['one'], ['one'], []],
      [
        ['one', 'two'],
        ['one'],
        [
          { target: 'one @ before', when: 'always' },
          { target: 'one @ after', when: 'always' },
        ],
      ],
    ] as const)
      assert.deepEqual((await merge(before, after)).reusable, reusable, `${before} and ${after}`);
  });

  it('may be a stored run, whose targets are not run again', async () => {
    const { run } = await merge(['one'], ['two']);
    assert.ok(run);
    const store = engine.store;
    store.createRun({ id: 'run-1', plan: run.inputs.plan, createdAt: 1, traceId: '0'.repeat(32) });
    const stored: NamedSide = { label: 'run-1', reference: { kind: 'run', id: 'run-1' } };
    const found = await merge(stored, ['one', 'two']);
    assert.deepEqual(found.pairs, [
      { baseline: 'one', candidate: 'one' },
      { baseline: 'two', candidate: 'two' },
    ]);
    assert.deepEqual(found.baseline, { label: 'run-1', storedRun: 'run-1', targets: ['one', 'two'] });
    assert.deepEqual(found.candidate.storedRun, null);
    assert.deepEqual(
      found.run?.inputs.targets.map(({ target }) => target.name),
      ['one', 'two'],
    );
    assert.deepEqual(
      found.reusable.map(({ target }) => target),
      ['one', 'two'],
    );
  });

  it('may be a revision, of which programs read the files of its commit', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: root })
        .toString()
        .trim();
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'all');
    const revision: NamedSide = { label: 'HEAD', reference: { kind: 'revision', revision: 'HEAD' } };
    const commit = git('rev-parse', 'HEAD').slice(0, 10);
    const unchanged = await merge(revision, ['program']);
    assert.deepEqual([unchanged.baseline.files, unchanged.same], [null, true]);
    assert.deepEqual(unchanged.notes, [`Nothing in this folder has changed since HEAD (${commit}).`]);

    writeFileSync(path.join(root, 'data.txt'), 'read by the program');
    const program = await merge(revision, ['program']);
    assert.deepEqual([program.baseline.files, program.candidate.files], [commit, null]);
    assert.equal(program.same, false);
    assert.deepEqual(program.reusable, [
      { target: 'program @ HEAD', when: 'always' },
      { target: 'program @ after', when: 'files unchanged' },
    ]);
    const [past, present] = program.run?.inputs.plan.targets ?? [];
    assert.notEqual(past?.hash, present?.hash);
    assert.equal((await merge(revision, ['one'])).same, true);
    assert.equal((await merge(revision, ['address'])).same, false);
  });
});
