import assert from 'node:assert/strict';
import { type ComparisonRequest, readRequest } from '../../../src/engine/compare/comparisonRequest.ts';
import { pairTargets } from '../../../src/engine/compare/preparedComparison.ts';
import { storedComparison } from '../../../src/engine/compare/storedComparison.ts';
import { ConfigError, ResumeError, UsageError } from '../../../src/engine/errors.ts';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import { loadWorkspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { plan } from '../../support/runFixtures.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { storedRuns } from './storedRuns.ts';

const suite = (name: string, ...targets: string[]) =>
  `  ${name}:
    dataset: x.golden.yaml
    targets: [${targets.map((target) => `{ name: ${target}, echo: true }`).join(', ')}]
    evaluators: [{ contains: a }]
`;

async function workspaceOf(...suites: string[]) {
  const root = temporaryFolder({
    'touchstone.yaml': `providers: { local: { base_url: 'http://127.0.0.1:9/v1' } }\nsuites:\n${suites.join('') || '  {}\n'}`,
    'x.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: a, input: a }\n',
  });
  return loadWorkspace({ root, environment: fixedEnvironment({}), signal: new AbortController().signal });
}

describe('what is asked to compare', () => {
  const runs = storedRuns();
  const read = async (request: Partial<ComparisonRequest>, ...suites: string[]) => {
    const found = readRequest(
      await workspaceOf(...suites),
      { baseline: '.', overrides: {}, ...request },
      runs.store,
    );
    if ('before' in found) return found;
    const { baseline, candidate, target } = found;
    const sides = [baseline, candidate].map(({ reference, label }) => ({ ...reference, label }));
    return { suite: found.suite.name, sides, target };
  };
  const refusal = async (request: Partial<ComparisonRequest>, ...suites: string[]) => {
    let found: unknown;
    await assert.rejects(read(request, ...suites), (error) => {
      found = error;
      return error instanceof UsageError || error instanceof ConfigError;
    });
    return found instanceof UsageError || found instanceof ConfigError
      ? `${found.message}: ${found.remedy}`
      : '';
  };

  it('is a revision against the files as they are, of the only suite', async () => {
    assert.deepEqual(await read({ baseline: 'HEAD~1' }, suite('one', 'a', 'b')), {
      suite: 'one',
      sides: [
        { kind: 'revision', revision: 'HEAD~1', label: 'HEAD~1' },
        { kind: 'workspace', label: 'working tree' },
      ],
      target: undefined,
    });
    const named = await read(
      { baseline: 'HEAD', suite: 'two', target: 'b' },
      suite('one', 'a'),
      suite('two', 'b'),
    );
    assert.ok('suite' in named);
    assert.deepEqual([named.suite, named.target], ['two', 'b']);
  });

  it('is a target against the only other one', async () => {
    const found = await read({ baseline: 'a' }, suite('one', 'a', 'b'));
    assert.ok('sides' in found);
    assert.deepEqual(found.sides, [
      { kind: 'target', name: 'a', label: 'a' },
      { kind: 'target', name: 'b', label: 'b' },
    ]);
    const unclear = 'it is not clear what a is to be compared with: Name the other side with --candidate.';
    assert.equal(await refusal({ baseline: 'a' }, suite('one', 'a', 'b', 'c')), unclear);
    assert.equal(await refusal({ baseline: 'a' }, suite('one', 'a')), unclear);
  });

  it('finds the suite by a target that it alone has', async () => {
    const suites = [suite('one', 'a', 'b'), suite('two', 'c', 'd'), suite('three', 'x', 'b')];
    for (const request of [
      { baseline: 'a' },
      { baseline: 'target:a' },
      { baseline: 'HEAD', candidate: 'target:a' },
      { baseline: 'HEAD', target: 'a' },
    ]) {
      const found = await read(request, ...suites);
      assert.equal('suite' in found && found.suite, 'one', JSON.stringify(request));
    }
    assert.equal(
      await refusal({ baseline: 'HEAD', candidate: 'b' }, ...suites),
      'it is not clear which suite to compare: Name it with --suite: one, two, three',
    );
    assert.match(await refusal({ baseline: 'HEAD' }, ...suites), /^it is not clear which suite/);
    assert.equal(
      await refusal({ baseline: 'HEAD' }),
      'it is not clear which suite to compare: Write a suite first: touchstone init',
    );
  });

  it('finds the suite of a run that is one of the sides', async () => {
    const suites = [suite('one', 'a'), suite('two', 'c')];
    runs.planned('old', { ...plan(), suite: 'two' });
    for (const request of [
      { baseline: 'run:old' },
      { baseline: 'old' },
      { baseline: 'HEAD', candidate: 'old' },
      { baseline: 'HEAD', candidate: 'run:old' },
    ]) {
      const found = await read(request, ...suites);
      assert.equal('suite' in found && found.suite, 'two', JSON.stringify(request));
    }
    const text = await refusal({ baseline: 'orun:ld', candidate: 'ctarget:' }, ...suites);
    assert.match(text, /^it is not clear which suite/, 'that stands for neither a run nor a target');
    runs.planned('gone', { ...plan(), suite: 'of another time' });
    assert.match(await refusal({ baseline: 'gone' }, ...suites), /^it is not clear which suite/);
  });

  it('is two runs where both sides are', async () => {
    runs.planned('old', plan());
    runs.planned('new', { ...plan(), suite: 'other' });
    assert.deepEqual(await read({ baseline: 'old', candidate: 'run:new' }), { before: 'old', after: 'new' });
  });

  it('reads a model of a provider that is configured', async () => {
    const found = await read({ baseline: 'local/tiny', candidate: 'other/tiny' }, suite('one', 'a'));
    assert.ok('sides' in found);
    assert.deepEqual(found.sides, [
      { kind: 'model', model: 'local/tiny', label: 'local/tiny' },
      { kind: 'revision', revision: 'other/tiny', label: 'other/tiny' },
    ]);
  });

  it('takes what is said outright at its word', async () => {
    const found = await read({ baseline: 'git:a', candidate: 'model:x/y' }, suite('one', 'a'));
    assert.ok('sides' in found);
    assert.deepEqual(found.sides, [
      { kind: 'revision', revision: 'a', label: 'a' },
      { kind: 'model', model: 'x/y', label: 'x/y' },
    ]);
    const odd = await read({ baseline: 'run:', candidate: 'xrun:y' }, suite('one', 'a'));
    assert.ok('sides' in odd);
    assert.deepEqual(
      odd.sides.map(({ label }) => label),
      ['run:', 'xrun:y'],
    );
    assert.match(
      await refusal({ baseline: '' }, suite('one', 'a')),
      /^a side of the comparison is empty: Name a git/,
    );
  });
});

describe('targets of two sides', () => {
  const named = (...names: string[]) => names.map((name) => ({ name }));
  const pairsOf = (before: string[], after: string[]) =>
    pairTargets(named(...before), named(...after)).map((pair) => pair.map(({ name }) => name).join(' '));

  it('belong together by name, or where there is one on each side', () => {
    assert.deepEqual(pairsOf(['a'], ['b']), ['a b']);
    assert.deepEqual(pairsOf(['a', 'b', 'c'], ['c', 'x', 'a']), ['a a', 'c c']);
    assert.deepEqual(pairsOf(['a'], ['b', 'c']), []);
    assert.deepEqual(pairsOf(['a', 'c'], ['c']), ['c c']);
    assert.deepEqual([pairsOf([], ['a']), pairsOf(['a'], [])], [[], []]);
  });
});

describe('a comparison of two stored runs that is prepared', () => {
  const runs = storedRuns();

  it('has the targets that both have, and nothing to run', () => {
    runs.planned('old', plan({ targets: ['a', 'b'] }));
    runs.planned('new', { ...plan({ targets: ['b', 'c'] }), suite: 'later' });
    assert.deepEqual(storedComparison(runs.store, { before: 'old', after: 'new' }), {
      suite: 'later',
      baseline: { label: 'run old', storedRun: 'old', targets: ['b'] },
      candidate: { label: 'run new', storedRun: 'new', targets: ['b'] },
      pairs: [{ baseline: 'b', candidate: 'b' }],
      same: false,
      run: null,
      outlook: null,
      hashed: new Set(),
      evaluatorsReadFiles: false,
      reusable: [],
      notes: [],
    });
    assert.equal(storedComparison(runs.store, { before: 'old', after: 'old' }).same, true);
  });

  it('refuses runs without a target in common, and runs that are not there', () => {
    runs.planned('old', plan({ targets: ['a', 'b'] }));
    runs.planned('new', plan({ targets: ['c', 'd'] }));
    assert.throws(
      () => storedComparison(runs.store, { before: 'old', after: 'new' }),
      (error) =>
        error instanceof UsageError &&
        error.message === 'the two runs have no target in common' &&
        error.remedy === 'Run old has a, b; run new has c, d.',
    );
    assert.throws(() => storedComparison(runs.store, { before: 'old', after: 'none' }), ResumeError);
  });
});
