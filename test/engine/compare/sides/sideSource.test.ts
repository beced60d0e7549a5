import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NamedSide } from '../../../../src/engine/compare/comparisonRequest.ts';
import type { SideReference } from '../../../../src/engine/compare/sides/sideReference.ts';
import { MissingSideError, UsageError, UserError } from '../../../../src/engine/errors.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { comparedSides, FILES, revisionOf } from './comparedSides.ts';

const named = (reference: SideReference, label = 'side'): NamedSide => ({ reference, label });
const HERE = named({ kind: 'workspace' });

describe('where the targets of a side come from', () => {
  const sides = comparedSides();

  async function prepare(baseline: NamedSide, candidate: NamedSide, target?: string) {
    const { engine, suite } = await sides.open();
    try {
      const request = {
        suite,
        baseline,
        candidate,
        overrides: {},
        ...(target === undefined ? {} : { target }),
      };
      const [found] = await engine.prepareComparison(request, sides.signal);
      await found?.run?.close();
      return found;
    } finally {
      engine.close();
    }
  }
  const namesOf = async (baseline: NamedSide, candidate: NamedSide, target?: string) =>
    (await prepare(baseline, candidate, target))?.pairs.map((pair) => `${pair.baseline} / ${pair.candidate}`);

  it('is all of the suite, or the target that was asked for', async () => {
    const all = await namesOf(named({ kind: 'workspace' }, 'a'), named({ kind: 'workspace' }, 'b'));
    assert.equal(all?.length, 5);
    assert.deepEqual(
      await namesOf(named({ kind: 'workspace' }, 'a'), named({ kind: 'workspace' }, 'b'), 'two'),
      ['two @ a / two @ b'],
    );
    const target = (name: string) => named({ kind: 'target', name }, name);
    assert.deepEqual(await namesOf(target('two'), target('program')), ['two / program']);
    await assert.rejects(
      prepare(target('two'), target('three')),
      (error) =>
        error instanceof UsageError &&
        error.message === 'the suite all has no target three' &&
        error.remedy === 'Choose one of: one, two, program, other, address',
    );
  });

  it('is its prompts for a model, and a suite without any is refused', async () => {
    const model = named({ kind: 'model', model: 'local/tiny' });
    await assert.rejects(
      prepare(model, HERE),
      (error) =>
        error instanceof UsageError &&
        error.message === 'the suite all has no prompt that could be run with local/tiny' &&
        error.remedy ===
          'Choose a suite with a prompt target; programs and addresses choose their models themselves.',
    );
    writeFileSync(
      path.join(sides.root, 'touchstone.yaml'),
      `providers: { local: { base_url: 'http://127.0.0.1:9/v1' } }\n${FILES['touchstone.yaml'].replace(
        '{ name: two, echo: two.prompty }',
        '{ name: two, prompt: two.prompty, model: local/own }\n      - { name: three, prompt: one.prompty, model: local/own }',
      )}`,
    );
    const other = named({ kind: 'model', model: 'local/large' }, 'large');
    const tiny = named({ kind: 'model', model: 'local/tiny' }, 'tiny');
    assert.deepEqual(await namesOf(tiny, other), [
      'two @ tiny / two @ large',
      'three @ tiny / three @ large',
    ]);
    assert.deepEqual(await namesOf(tiny, other, 'three'), ['three @ tiny / three @ large']);
  });

  it('is what the suite had at a revision, and that of its target that was asked for', async () => {
    sides.commitAll('all');
    writeFileSync(path.join(sides.root, 'data.txt'), 'changed since');
    const commit = sides.git('rev-parse', 'HEAD').slice(0, 10);
    const found = await prepare(revisionOf('HEAD'), HERE, 'two');
    assert.deepEqual(found?.pairs, [{ baseline: 'two @ HEAD', candidate: 'two @ side' }]);
    assert.deepEqual(found?.notes, [`HEAD is commit ${commit}.`]);
  });

  it('is missing at a revision without the suite or its configuration, and nothing is left of it', async () => {
    sides.git('init', '--quiet');
    writeFileSync(
      path.join(sides.root, 'touchstone.yaml'),
      FILES['touchstone.yaml'].replace('  all:', '  other:'),
    );
    sides.commitAll('another suite');
    sides.git('rm', '--quiet', '--cached', 'touchstone.yaml');
    sides.git('commit', '--quiet', '--message', 'no configuration');
    writeFileSync(path.join(sides.root, 'touchstone.yaml'), FILES['touchstone.yaml']);
    const scratch = temporaryFolder({});
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = scratch;
    const alone = ', or evaluate the candidate alone: touchstone compare --allow-missing-baseline';
    try {
      for (const [baseline, candidate, message, more] of [
        [revisionOf('HEAD'), HERE, 'the baseline HEAD has no touchstone.yaml', alone],
        [revisionOf('HEAD~1'), HERE, 'the baseline HEAD~1 has no suite all', alone],
        [HERE, revisionOf('HEAD~1'), 'the candidate HEAD~1 has no suite all', ''],
      ] as const)
        await assert.rejects(
          prepare(baseline, candidate),
          (error) =>
            error instanceof MissingSideError &&
            error.message === message &&
            error.remedy === `Compare with a revision that has it${more}.`,
        );
      assert.deepEqual(
        readdirSync(scratch).filter((name) => name.startsWith('touchstone-revision')),
        [],
      );
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
  });

  it('leaves no files of a first side behind where the second one is refused', async () => {
    sides.commitAll('all');
    writeFileSync(path.join(sides.root, 'data.txt'), 'changed since');
    const scratch = temporaryFolder({});
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = scratch;
    try {
      const nobody = named({ kind: 'target', name: 'nobody' });
      await assert.rejects(prepare(revisionOf('HEAD'), nobody), UsageError);
      await assert.rejects(prepare(revisionOf('HEAD'), revisionOf('HEAD'), 'nobody'), UsageError);
      writeFileSync(path.join(sides.root, 'cases.golden.yaml'), 'schema_version: 2.0.0\ntest_cases: 5\n');
      for (const [before, after] of [
        [HERE, revisionOf('HEAD')],
        [revisionOf('HEAD'), HERE],
      ] as const)
        await assert.rejects(prepare(before, after), UserError);
      assert.deepEqual(
        readdirSync(scratch).filter((name) => name.startsWith('touchstone-revision')),
        [],
      );
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
  });
});
