import assert from 'node:assert/strict';
import type { ReuseOptions } from '../../../../src/engine/compare/sides/donors.ts';
import { reuseResults } from '../../../../src/engine/compare/sides/reuseResults.ts';
import type { Engine } from '../../../../src/engine/engine.ts';
import { createEngine } from '../../../../src/engine/engine.ts';
import type { FileList } from '../../../../src/engine/files/fileList.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import type { RunPlan } from '../../../../src/engine/model/run.ts';
import { fixedEnvironment, noLog, systemClock } from '../../../../src/engine/ports.ts';
import type { PreparedRun } from '../../../../src/engine/runs/preparation/preparedRun.ts';
import { keepFiles } from '../../../../src/engine/runs/workspaceFiles.ts';
import { loadWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { systemRandom } from '../../../../src/systemRandom.ts';
import { complete, trialResult } from '../../../support/runFixtures.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const CASES = 9;
/** More than are written at once. */
const MANY = 300;
const NOW = 1_000_000;

describe('results of earlier runs', () => {
  let engine: Engine;
  let run: PreparedRun;
  const { signal } = new AbortController();

  async function open(count: number): Promise<void> {
    const cases = Array.from(
      { length: count },
      (_, at) =>
        `  - { id: case-${at}, input: { question: ${at} }${at === 1 ? ', tags: [today], cluster: k' : ''} }`,
    );
    const root = temporaryFolder({
      'touchstone.yaml': `suites:
  all:
    dataset: x.golden.yaml
    repeat: 2
    targets: [{ name: one, echo: one.prompty }, { name: two, echo: true }]
    evaluators: [{ contains: hello }]
`,
      'one.prompty': 'user:\nhello {{question}}\n',
      'x.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${cases.join('\n')}\n`,
    });
    const environment = fixedEnvironment({});
    const workspace = await loadWorkspace({ root, environment, signal });
    engine = createEngine(workspace, {
      ...{ clock: systemClock, random: systemRandom, environment, log: noLog },
      owner: { pid: 1, host: 'here', started: null, alive: () => true },
      trust: { commands: false, scripts: false },
    });
    const [prepared] = await engine.prepare('all', {}, signal);
    assert.ok(prepared);
    run = prepared;
    create('new', 2_000_000);
  }

  beforeEach(() => open(CASES));
  afterEach(async () => {
    await run.close();
    engine.close();
  });

  function create(id: string, createdAt: number, more: Partial<RunPlan> = {}): void {
    engine.store.createRun({ id, plan: { ...run.inputs.plan, ...more }, createdAt, traceId: '0'.repeat(32) });
  }

  function store(id: string, results: TrialResult[], more: Partial<RunPlan> = {}, createdAt = 10): void {
    create(id, createdAt, more);
    const now = { now: createdAt + 100, elapsedMs: 1 };
    engine.store.append(id, { results, cases: [], spans: [], logs: [] }, now);
  }
  const result = (caseIndex: number, more: Parameters<typeof trialResult>[0] = {}) =>
    trialResult({ target: 'one', caseIndex, ...more });

  const reuse = (more: Partial<ReuseOptions> = {}) =>
    reuseResults({
      ...{ store: engine.store, runId: 'new', run, hashed: new Set<string>(), evaluatorsReadFiles: false },
      ...{ targets: [{ target: 'one', when: 'always' as const }], now: NOW, signal },
      ...more,
    });
  const taken = () =>
    [...engine.store.results('new')].map(({ target, caseIndex, trial, status }) => [
      target,
      caseIndex,
      trial,
      status,
    ]);
  const differs = 'the evaluators or what they load are different now';

  it('stand in for the very same target, case and trial, but never what errored', async () => {
    store('old', [
      result(0),
      result(0, { trial: 1, status: 'failed' }),
      result(0, { trial: 2 }),
      result(2, { status: 'errored', score: null }),
      result(4, { target: 'two' }),
      { ...result(5), caseId: 'case-of-another-time' },
    ]);
    assert.deepEqual(await reuse(), { taken: new Map([['one', 2]]), refused: [] });
    assert.deepEqual(taken(), [
      ['one', 0, 0, 'passed'],
      ['one', 0, 1, 'failed'],
    ]);
  });

  it('stand where the case stands today, with its tags and cluster', async () => {
    store('old', [
      { ...result(7, { tags: ['then'], cluster: 'then' }), caseId: 'case-1' },
      { ...result(8, { tags: ['then'], cluster: 'then' }), caseId: 'case-3' },
    ]);
    await reuse();
    const found = [...engine.store.results('new')];
    assert.deepEqual(
      found.map(({ caseIndex, tags, cluster }) => [caseIndex, tags, cluster]),
      [
        [1, ['today'], 'k'],
        [3, [], undefined],
      ],
    );
    assert.equal(engine.store.caseAt('new', 1)?.case.id, 'case-1', 'with the case itself');
  });

  it('are all taken, however many', async () => {
    await run.close();
    engine.close();
    await open(MANY);
    store(
      'old',
      Array.from({ length: MANY }, (_, at) => result(at)),
    );
    assert.deepEqual((await reuse()).taken, new Map([['one', MANY]]));
    assert.equal(taken().length, MANY);
    const at = [0, 255, 256, 257, MANY - 1];
    assert.deepEqual(
      at.map((index) => engine.store.caseAt('new', index)?.case.id),
      at.map((index) => `case-${index}`),
    );
  });

  it('are the newest of each trial, under the name that the target has now', async () => {
    const named = run.inputs.plan.targets.map((target) => ({ ...target, name: `${target.name} @ HEAD` }));
    store('older', [result(0, { status: 'failed' }), result(1, { status: 'failed' })], {}, 10);
    const newer = [{ ...result(0), target: 'one @ HEAD' }];
    store('newer', newer, { targets: named }, 500);
    await reuse();
    assert.deepEqual(taken(), [
      ['one', 0, 0, 'passed'],
      ['one', 1, 0, 'failed'],
    ]);
  });

  it('are none of fallbacks, but may be of the cache that was asked first', async () => {
    const source = (kind: 'first' | 'transient') => ({
      ...{ kind: 'cache' as const, model: 'p/m', ageMs: 1, promptHash: 'h' },
      why: kind === 'first' ? { kind } : { kind, message: 'down' },
    });
    store('old', [
      result(0, { output: complete('x', { source: source('first') }) }),
      result(1, { output: complete('x', { source: source('transient') }) }),
    ]);
    await reuse();
    assert.deepEqual(
      taken().map(([, at]) => at),
      [0],
    );
  });

  it('are those of cases of the same content, where the dataset is another', async () => {
    const dataset = { ...run.inputs.plan.dataset, contentHash: 'another' };
    store('old', [result(0), result(1), result(2)], { dataset });
    const asked = (at: number, question: number) => ({
      case: { id: `case-${at}`, input: { question } },
      index: at,
      location: { path: 'x.golden.yaml', line: 1, column: 1 },
    });
    const cases = [asked(0, 0), asked(1, 17)];
    engine.store.append('old', { results: [], cases, spans: [], logs: [] }, { now: 1, elapsedMs: 1 });
    await reuse();
    assert.deepEqual(
      taken().map(([, at]) => at),
      [0],
      'the second was changed, of the third nothing is known',
    );
  });

  it('are passed over without a word where they were never those of today', async () => {
    store('seed', [result(0)], { seed: run.inputs.plan.seed + 1 });
    store('replayed', [result(0)], { origin: { replay: true } });
    store('unjudged', [result(0)], { leftOut: { judge: true } });
    store('others', [result(0)], { targets: run.inputs.plan.targets.map((one) => ({ ...one, hash: 'x' })) });
    assert.deepEqual(await reuse(), { taken: new Map(), refused: [] });
  });

  it('are left out with the reason, that of the newest run', async () => {
    const { targets } = run.inputs.plan;
    store(
      'older',
      [result(0)],
      { targets: targets.map((one) => ({ ...one, environment: { MODE: 'b' } })) },
      10,
    );
    assert.deepEqual((await reuse()).refused, [
      'one: results of run older were not reused: the environment variable MODE has another value.',
    ]);
    store('newer', [result(0)], { evaluatorsHash: 'x' }, 500);
    assert.deepEqual((await reuse()).refused, [`one: results of run newer were not reused: ${differs}.`]);
    assert.deepEqual(taken(), []);
    store('fits', [result(0)], {}, 5);
    assert.deepEqual(await reuse(), { taken: new Map([['one', 1]]), refused: [] });
  });

  it('are left out for every reason at once', async () => {
    const targets = run.inputs.plan.targets.map((one) => ({ ...one, environment: { MODE: 'b' } }));
    store('old', [result(0)], { targets, evaluatorsHash: 'x' });
    assert.deepEqual((await reuse()).refused, [
      `one: results of run old were not reused: the environment variable MODE has another value; ${differs}.`,
    ]);
  });

  it('are of the target of that run that fits, where several are alike', async () => {
    const [one] = run.inputs.plan.targets;
    assert.ok(one);
    const targets = [
      { ...one, name: 'first', environment: { MODE: 'b' } },
      { ...one, name: 'second' },
    ];
    store(
      'old',
      [
        { ...result(0), target: 'first' },
        { ...result(1), target: 'second' },
      ],
      { targets },
    );
    assert.deepEqual((await reuse()).refused, []);
    assert.deepEqual(
      taken().map(([, at]) => at),
      [1],
    );
  });

  it('are those of the first target where several of a run fit', async () => {
    const [one] = run.inputs.plan.targets;
    assert.ok(one);
    const targets = ['first', 'second'].map((name) => ({ ...one, name }));
    store(
      'old',
      [
        { ...result(0), target: 'first' },
        { ...result(1), target: 'second' },
      ],
      { targets },
    );
    await reuse();
    assert.deepEqual(
      taken().map(([, at]) => at),
      [0],
    );
  });

  it('are looked for target by target', async () => {
    store('old', [result(0, { target: 'two' })], { evaluatorsHash: 'x' });
    const targets = ['one', 'two'].map((target) => ({ target, when: 'always' as const }));
    assert.deepEqual((await reuse({ targets })).refused, [
      `one: results of run old were not reused: ${differs}.`,
      `two: results of run old were not reused: ${differs}.`,
    ]);
    store('fits', [result(3, { target: 'two' }), result(4, { status: 'errored', score: null })]);
    assert.deepEqual((await reuse({ targets })).taken, new Map([['two', 1]]));
  });

  describe('of programs', () => {
    const PROGRAM = { targets: [{ target: 'one', when: 'files unchanged' as const }] };
    /** As they were listed, with their content, and when they were changed last. */
    const files = (fingerprint: string, listed: { [name: string]: [string, number] }): FileList => ({
      ...{ fingerprint, listedAt: 1, read: 1 },
      files: new Map(
        Object.entries(listed).map(([name, [digest, at]]) => [name, { digest, stamp: `1 ${at} ${at} 1` }]),
      ),
    });
    const then = files('then', { 'data.txt': ['a', 1], 'run.log': ['a', 1] });

    const since = async (now: FileList, more: Partial<ReuseOptions> = {}) => {
      const found = await reuse({ ...PROGRAM, run: { ...run, files: now }, ...more });
      return found.taken.size > 0
        ? 'taken'
        : found.refused.map((text) => text.replace(/^.*not reused: /, '')).join();
    };

    /** A run with those files. */
    function kept(): void {
      keepFiles(engine.store, then);
      store('old', [result(0)], { files: 'then' });
    }

    it('are taken where no file has changed', async () => {
      kept();
      assert.equal(await since(files('then', {})), 'taken');
      assert.equal(await since(files('now', { 'data.txt': ['a', 900], 'run.log': ['a', 1] })), 'taken');
    });

    it('are left out where a file has, or where that is not known', async () => {
      kept();
      const now = files('now', { 'data.txt': ['b', 900], 'run.log': ['a', 1], 'new.txt': ['c', 900] });
      assert.equal(await since(now), 'data.txt, new.txt changed.');
      assert.equal(await since(files('now', {})), 'data.txt, run.log changed.');
      const unknown = 'it is not known which files it was run with.';
      assert.equal((await reuse(PROGRAM)).refused.join().replace(/^.*reused: /, ''), unknown);
      store('newest', [], { files: 'never kept' }, 700);
      assert.equal(await since(files('now', {}), {}), unknown);
    });

    it('are taken where only a log is longer, that was written while a run was at work', async () => {
      const at = (time: number) => files(`at ${time}`, { 'data.txt': ['a', 1], 'run.log': ['b', time] });
      // The run was at work from 10 to 110; a program may write for a second more.
      for (const [time, said, how] of [
        [10, 'taken'],
        [1_110, 'taken'],
        [1_111, 'run.log changed.'],
        [9, 'run.log changed.'],
        // Of one that nobody held, it is only known when it began.
        [1_010, 'taken', 'unheld'],
        [1_011, 'run.log changed.', 'unheld'],
      ] as const) {
        await run.close();
        engine.close();
        await open(CASES);
        kept();
        const owner = { pid: 2, host: 'here', started: null, alive: () => true };
        if (how === undefined) engine.store.release(engine.store.claim('old', owner, 10), 'complete', 110);
        assert.equal(await since(at(time)), said, `${time}`);
      }
    });

    it('are left out for another environment as well, whatever became of the files', async () => {
      kept();
      const targets = run.inputs.plan.targets.map((one) => ({ ...one, environment: { MODE: 'b' } }));
      engine.store.createRun({
        ...{ id: 'other', createdAt: 800, traceId: '1'.repeat(32) },
        plan: { ...run.inputs.plan, targets, files: 'then' },
      });
      const value = 'the environment variable MODE has another value';
      const plan = {
        ...run.inputs.plan,
        targets: targets.map((one) => ({ ...one, environment: { MODE: 'c' } })),
      };
      const asked = { ...run, inputs: { ...run.inputs, plan }, files: files('then', {}) };
      for (const more of [PROGRAM, { evaluatorsReadFiles: true }]) {
        const { refused, taken: found } = await reuse({ ...more, run: asked });
        assert.deepEqual(
          [refused.map((text) => text.replace(/^.*reused: /, '')), found.size],
          [[`${value}.`], 0],
        );
      }
    });

    it('say which files of an edited program changed', async () => {
      kept();
      const targets = run.inputs.plan.targets.map((one) => ({ ...one, hash: 'another' }));
      store('edited', [result(0)], { targets, files: 'then' }, 400);
      engine.store.createRun({
        id: 'elsewhere',
        plan: { ...run.inputs.plan, targets: targets.map((one) => ({ ...one, name: 'x' })), files: 'then' },
        createdAt: 600,
        traceId: '1'.repeat(32),
      });
      const prepared = { ...run, files: files('now', { 'data.txt': ['b', 900], 'run.log': ['a', 1] }) };
      const asked = (target: string, when: 'always' | 'files unchanged') => {
        const named = prepared.inputs.plan.targets.map((one) => ({ ...one, hash: 'today', name: target }));
        const plan = { ...prepared.inputs.plan, targets: named };
        return reuse({
          targets: [{ target, when }],
          run: { ...prepared, inputs: { ...prepared.inputs, plan } },
        });
      };
      for (const name of ['one', 'one @ HEAD', 'one (again)'])
        assert.deepEqual((await asked(name, 'files unchanged')).refused, [
          `${name}: results of run edited were not reused: data.txt changed.`,
        ]);
      assert.deepEqual((await asked('one', 'always')).refused, []);
      prepared.files = files('then', {});
      assert.deepEqual((await asked('one', 'files unchanged')).refused, [], 'none changed');
      assert.deepEqual((await asked('nobody', 'files unchanged')).refused, []);
    });

    it('that evaluate count as well, but for files that stand in other hashes', async () => {
      kept();
      const always = { targets: [{ target: 'one', when: 'always' as const }] };
      const now = files('now', { 'data.txt': ['b', 900], 'run.log': ['a', 1] });
      assert.equal(await since(now, { ...always, evaluatorsReadFiles: true }), 'data.txt changed.');
      const hashed = new Set(['data.txt']);
      assert.equal(
        await since(now, { ...PROGRAM, hashed }),
        'data.txt changed.',
        'a program reads them itself',
      );
      assert.equal(await since(now, { ...always, evaluatorsReadFiles: true, hashed }), 'taken');
    });

    it('are judged by other evaluators where files that these load have changed', async () => {
      kept();
      store('judged', [result(0)], { files: 'then', evaluatorsHash: 'x' }, 500);
      engine.store.createRun({
        ...{ id: 'plain', createdAt: 600, traceId: '1'.repeat(32) },
        plan: { ...run.inputs.plan, seed: 9 },
      });
      const now = files('now', {
        'data.txt': ['b', 900],
        'run.log': ['a', 1],
        'touchstone.yaml': ['c', 900],
      });
      const hashed = new Set(['touchstone.yaml']);
      assert.equal(await since(now, { hashed }), `${differs} (data.txt changed).`);
    });
  });
});
