import assert from 'node:assert/strict';
import type { NamedSide } from '../../../../src/engine/compare/comparisonRequest.ts';
import type { RunOverrides } from '../../../../src/engine/runs/preparation/runOverrides.ts';
import { comparedSides } from './comparedSides.ts';

describe('two sides of one run', () => {
  const sides = comparedSides();

  it('keep their names where these differ, and else say where they are from', async () => {
    const different = await sides.merge(['one'], ['two']);
    assert.deepEqual(different.pairs, [{ baseline: 'one', candidate: 'two' }]);
    const alike = await sides.merge(['one', 'two'], ['one', 'program', 'two']);
    assert.deepEqual(alike.pairs, [
      { baseline: 'one @ before', candidate: 'one @ after' },
      { baseline: 'two @ before', candidate: 'two @ after' },
    ]);
    const again = await sides.merge(['one'], ['one'], ['.', '.']);
    assert.deepEqual(again.pairs, [{ baseline: 'one', candidate: 'one (again)' }]);
  });

  it('are the targets of one run over the cases, the baseline first', async () => {
    const { run, baseline, candidate, suite, notes } = await sides.merge(['one', 'two'], ['one', 'two']);
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

  it('keep the hashes of a plain run, so that its results can be taken over', async () => {
    const { engine, suite } = await sides.open();
    const prepared = await engine.prepare(suite.name, {}, sides.signal);
    const plain = new Map(
      prepared.flatMap(({ inputs }) => inputs.plan.targets.map(({ name, hash }) => [name, hash])),
    );
    for (const run of prepared) await run.close();
    await engine.close();
    for (const [before, after] of [
      ['one', 'two'],
      ['address', 'program'],
    ] as const) {
      const { run } = await sides.merge([before], [after]);
      const merged = run?.inputs.plan.targets.map(({ name, hash }) => [name, hash]);
      assert.deepEqual(merged, [
        [before, plain.get(before)],
        [after, plain.get(after)],
      ]);
    }
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
      assert.equal((await sides.merge(before, after)).same, same, `${before} and ${after}`);
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
      assert.deepEqual((await sides.merge(before, after)).reusable, reusable, `${before} and ${after}`);
  });

  it('may be a stored run, whose targets are not run again', async () => {
    const { run } = await sides.merge(['one'], ['two']);
    assert.ok(run);
    sides.store.createRun({ id: 'run-1', plan: run.inputs.plan, createdAt: 1, traceId: '0'.repeat(32) });
    const stored: NamedSide = { label: 'run-1', reference: { kind: 'run', id: 'run-1' } };
    const found = await sides.merge(stored, ['one', 'two']);
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

    const reverse = await sides.merge(['one', 'two'], stored);
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
      const { run } = await sides.merge(names, names);
      assert.ok(run);
      const { targets } = run.inputs.plan;
      const own = targets.slice(0, names.length).map((target, at) => ({ ...target, name: names[at] ?? '' }));
      const plan = { ...run.inputs.plan, targets: own };
      sides.store.createRun({ id, plan, createdAt: 1, traceId: '0'.repeat(32) });
      const stored: NamedSide = { label: id, reference: { kind: 'run', id } };
      assert.equal((await sides.merge(stored, names)).same, same, `${id}, stored before`);
      assert.equal((await sides.merge(names, stored)).same, same, `${id}, stored after`);
    }
  });

  it('say in the plan what judges them, and that judges were left out', async () => {
    const planOf = async (overrides: RunOverrides) => {
      const { run } = await sides.merge(['one'], ['two'], undefined, overrides);
      const { judge, leftOut } = run?.inputs.plan ?? {};
      return { judge, leftOut };
    };
    assert.deepEqual(await planOf({}), { judge: undefined, leftOut: undefined });
    assert.deepEqual(await planOf({ withoutJudge: true }), { judge: undefined, leftOut: { judge: true } });
    assert.deepEqual(await planOf({ judge: 'p/m' }), { judge: 'p/m', leftOut: undefined });
  });
});
