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
import type { RunOverrides } from '../../../../src/engine/runs/preparation/runOverrides.ts';
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
      - { name: other, command: [cat, -u] }
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
  let merge: (
    before: Given,
    after: Given,
    labels?: [string, string],
    overrides?: RunOverrides,
  ) => Promise<PreparedComparison>;
  let git: (...args: string[]) => string;

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
    const prepare = async (baseline: NamedSide, candidate: NamedSide, overrides: RunOverrides) => {
      const [found] = await engine.prepareComparison({ suite, baseline, candidate, overrides }, signal);
      assert.ok(found);
      await found.run?.close();
      return found;
    };
    const sideOf = (side: Given, label: string): NamedSide => {
      if ('label' in side) return side;
      const targets = suite.targets.filter(({ name }) => side.includes(name));
      return { label, reference: { kind: 'given', targets } };
    };
    merge = (before, after, [first, second] = ['before', 'after'], overrides = {}) =>
      prepare(sideOf(before, first), sideOf(after, second), overrides);
    git = (...args) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: root })
        .toString()
        .trim();
  });
  afterEach(() => engine.close());

  function commitAll(message: string, first = false): void {
    if (first) git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', message);
  }

  const revisionOf = (revision: string): NamedSide => ({
    label: revision,
    reference: { kind: 'revision', revision },
  });

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
    assert.equal(found.same, true);

    const reverse = await merge(['one', 'two'], stored);
    assert.deepEqual(reverse.pairs, found.pairs);
    assert.equal(reverse.candidate.storedRun, 'run-1');
  });

  it('are the same as a stored run where a prompt is all that there is, and never by a program', async () => {
    for (const [names, same] of [
      [['one'], true],
      [['program'], false],
      [['one', 'program'], false],
    ] as const) {
      const id = names.join(' and ');
      const { run } = await merge(names, names);
      assert.ok(run);
      const { targets } = run.inputs.plan;
      const own = targets.slice(0, names.length).map((target, at) => ({ ...target, name: names[at] ?? '' }));
      const plan = { ...run.inputs.plan, targets: own };
      engine.store.createRun({ id, plan, createdAt: 1, traceId: '0'.repeat(32) });
      const stored: NamedSide = { label: id, reference: { kind: 'run', id } };
      assert.equal((await merge(stored, names)).same, same, `${id}, stored before`);
      assert.equal((await merge(names, stored)).same, same, `${id}, stored after`);
    }
  });

  it('may be a revision, of which programs read the files of its commit', async () => {
    commitAll('all', true);
    const revision = revisionOf('HEAD');
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
    const all = await merge(revision, ['one', 'two', 'program', 'other', 'address']);
    assert.equal(all.reusable.length, 8, 'a revision is not the folder itself');
    const [past, present] = program.run?.inputs.plan.targets ?? [];
    assert.notEqual(past?.hash, present?.hash);
    assert.equal((await merge(revision, ['one'])).same, true);
    assert.equal((await merge(revision, ['address'])).same, false);
  });

  it('name their programs by what they are and by their commit', async () => {
    commitAll('first', true);
    writeFileSync(path.join(root, 'data.txt'), 'read by the program');
    commitAll('second');
    writeFileSync(path.join(root, 'data.txt'), 'changed since');
    const found = await merge(revisionOf('HEAD~1'), revisionOf('HEAD'));
    const hashes = new Map(found.run?.inputs.plan.targets.map(({ name, hash }) => [name, hash]));
    const hashOf = (name: string, revision: string) => hashes.get(`${name} @ ${revision}`);
    assert.notEqual(hashOf('program', 'HEAD~1'), hashOf('program', 'HEAD'), 'its data is another');
    assert.notEqual(hashOf('program', 'HEAD'), hashOf('other', 'HEAD'), 'it is another program');
    assert.equal(hashOf('one', 'HEAD~1'), hashOf('one', 'HEAD'), 'a prompt is all that there is');
    const [, past] = found.reusable.map(({ when }) => when);
    assert.deepEqual([past, found.candidate.files], ['always', git('rev-parse', 'HEAD').slice(0, 10)]);
    assert.deepEqual(new Set(found.reusable.map(({ when }) => when)), new Set(['always']));
    for (const { target } of found.run?.inputs.targets ?? [])
      assert.deepEqual([typeof target.call, typeof target.close], ['function', 'function'], target.name);

    const plain = await merge(['program'], ['one']);
    const [program] = plain.run?.inputs.plan.targets ?? [];
    const again = await merge(['program'], ['other']);
    assert.equal(program?.hash, again.run?.inputs.plan.targets[0]?.hash);
    assert.ok(![...hashes.values()].includes(program?.hash ?? ''), 'here, its files may change');
  });

  it('hash the prompts of both sides, and note what both revisions are', async () => {
    const found = await merge(['one'], ['two']);
    assert.deepEqual(
      found.hashed,
      new Set(['touchstone.yaml', 'cases.golden.yaml', 'one.prompty', 'two.prompty']),
    );
    commitAll('all', true);
    const { notes } = await merge(revisionOf('HEAD'), revisionOf('HEAD'));
    assert.equal(notes.length, 2);
  });

  it('say in the plan what judges them, and that judges were left out', async () => {
    const planOf = async (overrides: RunOverrides) => {
      const { run } = await merge(['one'], ['two'], undefined, overrides);
      const { judge, leftOut } = run?.inputs.plan ?? {};
      return { judge, leftOut };
    };
    assert.deepEqual(await planOf({}), { judge: undefined, leftOut: undefined });
    assert.deepEqual(await planOf({ withoutJudge: true }), { judge: undefined, leftOut: { judge: true } });
    assert.deepEqual(await planOf({ judge: 'p/m' }), { judge: 'p/m', leftOut: undefined });
  });
});
