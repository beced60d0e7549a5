import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readSide, sideLabel } from '../../../../src/engine/compare/sides/sideReference.ts';
import { UsageError } from '../../../../src/engine/errors.ts';

const SURROUNDINGS = {
  suite: { targets: [{ name: 'agent' }, { name: 'local/small' }, { name: 'both' }] },
  providers: ['local', 'openai'],
  isRun: (id: string) => ['20261130-a', 'both', 'local/run'].includes(id),
};

/** What is written, what it stands for, and what that is called. */
const SIDES: [text: string, kind: string, named: string | undefined, label: string][] = [
  ['.', 'workspace', undefined, 'working tree'],
  ['agent', 'target', 'agent', 'agent'],
  ['20261130-a', 'run', '20261130-a', 'run 20261130-a'],
  ['openai/gpt-5-mini', 'model', 'openai/gpt-5-mini', 'openai/gpt-5-mini'],
  ['local/tiny', 'model', 'local/tiny', 'local/tiny'],
  ['HEAD~1', 'revision', 'HEAD~1', 'HEAD~1'],
  ['agents', 'revision', 'agents', 'agents'],
  ['origin/local', 'revision', 'origin/local', 'origin/local'],
  ['localhost', 'revision', 'localhost', 'localhost'],
  // A target comes before a run, and either before a model.
  ['both', 'target', 'both', 'both'],
  ['local/small', 'target', 'local/small', 'local/small'],
  ['local/run', 'run', 'local/run', 'run local/run'],
  // Said outright.
  ['run:agent', 'run', 'agent', 'run agent'],
  ['target:HEAD', 'target', 'HEAD', 'HEAD'],
  ['model:x/y', 'model', 'x/y', 'x/y'],
  ['git:agent', 'revision', 'agent', 'agent'],
  ['git:.', 'revision', '.', '.'],
  ['git::/fix: the prompt', 'revision', ':/fix: the prompt', ':/fix: the prompt'],
  // Nothing behind the colon, or another word before it: what git makes of it.
  ['run:', 'revision', 'run:', 'run:'],
  ['rerun:x', 'revision', 'rerun:x', 'rerun:x'],
  ['gitter', 'revision', 'gitter', 'gitter'],
];

describe('a side of a comparison, as it is written', () => {
  for (const [text, kind, named, label] of SIDES)
    it(`${text} is a ${kind}`, () => {
      const { kind: found, ...rest } = readSide(text, SURROUNDINGS);
      assert.deepEqual([found, Object.values(rest)[0]], [kind, named]);
      assert.equal(sideLabel(readSide(text, SURROUNDINGS)), label);
    });

  it('is no target where the suite is not known', () => {
    const { kind } = readSide('agent', { ...SURROUNDINGS, suite: undefined });
    assert.equal(kind, 'revision');
  });

  it('is not empty', () => {
    assert.throws(
      () => readSide('', SURROUNDINGS),
      (error) =>
        error instanceof UsageError &&
        error.message === 'a side of the comparison is empty' &&
        error.remedy ===
          'Name a git revision, a stored run, a target of the suite, a provider/model, or "." for the files as they are.',
    );
  });
});
