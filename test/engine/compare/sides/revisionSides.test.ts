import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NamedSide } from '../../../../src/engine/compare/comparisonRequest.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { comparedSides, FILES, revisionOf } from './comparedSides.ts';

describe('sides that are revisions', () => {
  const sides = comparedSides();

  it('may be a revision, of which programs read the files of its commit', async () => {
    sides.commitAll('all');
    const revision = revisionOf('HEAD');
    const commit = sides.git('rev-parse', 'HEAD').slice(0, 10);
    const unchanged = await sides.merge(revision, ['program']);
    assert.deepEqual([unchanged.baseline.files, unchanged.same], [null, true]);
    assert.deepEqual(unchanged.notes, [`Nothing in this folder has changed since HEAD (${commit}).`]);

    writeFileSync(path.join(sides.root, 'data.txt'), 'read by the program');
    const program = await sides.merge(revision, ['program']);
    assert.deepEqual([program.baseline.files, program.candidate.files], [commit, null]);
    assert.equal(program.same, false);
    assert.deepEqual(program.reusable, [
      { target: 'program @ HEAD', when: 'always' },
      { target: 'program @ after', when: 'files unchanged' },
    ]);
    const all = await sides.merge(revision, ['one', 'two', 'program', 'other', 'address']);
    assert.equal(all.reusable.length, 8, 'a revision is not the folder itself');
    const [past, present] = program.run?.inputs.plan.targets ?? [];
    assert.notEqual(past?.hash, present?.hash);
    assert.equal((await sides.merge(revision, ['one'])).same, true);
    writeFileSync(path.join(sides.root, 'two.prompty'), 'user:\nfarewell {{question}}\n');
    assert.equal((await sides.merge(revision, ['one', 'two'])).same, false, 'one of two is another');
    assert.equal((await sides.merge(revision, ['address'])).same, false);
  });

  it('name their programs by what they are and by their commit', async () => {
    sides.commitAll('first');
    writeFileSync(path.join(sides.root, 'data.txt'), 'read by the program');
    sides.commitAll('second');
    writeFileSync(path.join(sides.root, 'data.txt'), 'changed since');
    const found = await sides.merge(revisionOf('HEAD~1'), revisionOf('HEAD'));
    const hashes = new Map(found.run?.inputs.plan.targets.map(({ name, hash }) => [name, hash]));
    const hashOf = (name: string, revision: string) => hashes.get(`${name} @ ${revision}`);
    assert.notEqual(hashOf('program', 'HEAD~1'), hashOf('program', 'HEAD'), 'its data is another');
    assert.notEqual(hashOf('program', 'HEAD'), hashOf('other', 'HEAD'), 'it is another program');
    assert.equal(hashOf('one', 'HEAD~1'), hashOf('one', 'HEAD'), 'a prompt is all that there is');
    const [, past] = found.reusable.map(({ when }) => when);
    assert.deepEqual([past, found.candidate.files], ['always', sides.git('rev-parse', 'HEAD').slice(0, 10)]);
    assert.deepEqual(new Set(found.reusable.map(({ when }) => when)), new Set(['always']));
    for (const { target } of found.run?.inputs.targets ?? [])
      assert.deepEqual([typeof target.call, typeof target.close], ['function', 'function'], target.name);

    const plain = await sides.merge(['program'], ['one']);
    const [program] = plain.run?.inputs.plan.targets ?? [];
    const again = await sides.merge(['program'], ['other']);
    assert.equal(program?.hash, again.run?.inputs.plan.targets[0]?.hash);
    assert.ok(![...hashes.values()].includes(program?.hash ?? ''), 'here, its files may change');
  });

  it('hash the prompts of both sides, and note what both revisions are', async () => {
    const found = await sides.merge(['one'], ['two']);
    assert.deepEqual(
      found.hashed,
      new Set(['touchstone.yaml', 'cases.golden.yaml', 'one.prompty', 'two.prompty']),
    );
    sides.commitAll('all');
    const { notes } = await sides.merge(revisionOf('HEAD'), revisionOf('HEAD'));
    assert.equal(notes.length, 2);
  });

  it('remove the files of a revision when the last of their comparisons is closed', async () => {
    const several = FILES['touchstone.yaml'].replace(
      'cases.golden.yaml',
      '[cases.golden.yaml, more.golden.yaml]',
    );
    writeFileSync(path.join(sides.root, 'touchstone.yaml'), several);
    writeFileSync(path.join(sides.root, 'more.golden.yaml'), FILES['cases.golden.yaml']);
    sides.commitAll('all');
    writeFileSync(path.join(sides.root, 'data.txt'), 'changed');
    const { engine, suite } = await sides.open();
    const scratch = temporaryFolder({});
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = scratch;
    try {
      const baseline = revisionOf('HEAD');
      const candidate: NamedSide = { label: 'here', reference: { kind: 'given', targets: suite.targets } };
      const request = { suite, baseline, candidate, overrides: {} };
      const [first, second] = await engine.prepareComparison(request, sides.signal);
      const folders = () => readdirSync(scratch).filter((name) => name.startsWith('touchstone-revision'));
      await first?.run?.close();
      await first?.run?.close();
      assert.equal(folders().length, 1, 'the second comparison needs them');
      await second?.run?.close();
      assert.deepEqual(folders(), []);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      await engine.close();
    }
  });
});
