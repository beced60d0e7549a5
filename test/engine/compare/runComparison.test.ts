import assert from 'node:assert/strict';
import os from 'node:os';
import type { PreparedComparison } from '../../../src/engine/compare/preparedComparison.ts';
import type { RunComparisonOptions } from '../../../src/engine/compare/runComparison.ts';
import { createEngine, type Engine } from '../../../src/engine/engine.ts';
import { UsageError } from '../../../src/engine/errors.ts';
import { fixedEnvironment, noLog, systemClock } from '../../../src/engine/ports.ts';
import type { RunListener } from '../../../src/engine/runs/lifecycle/runListener.ts';
import { loadWorkspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { systemRandom } from '../../../src/systemRandom.ts';
import { type OpenAiServer, startOpenAiServer } from '../../support/openaiServer.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const CASES = 60;
/** US dollars: a hundred tokens at a thousand dollars a million. */
const CALL_USD = 0.1;
const NOBODY: RunListener = { onStart: () => {}, onResults: () => {} };

describe('a comparison that is run', () => {
  const disposals: (() => unknown)[] = [];
  afterEach(async () => {
    for (const dispose of disposals.splice(0).reverse()) await dispose();
  });

  /** The answer to the two prompts, by the number of the case; and what the suite and the provider say beside. */
  async function open(
    answer: (prompt: 'first' | 'second', at: number) => string,
    { prices = 'prices: { tiny: { input: 1000, output: 0 } }', gate = '', targets = 'one two' } = {},
  ): Promise<{ engine: Engine; server: OpenAiServer; prepare(): Promise<PreparedComparison> }> {
    const server = await startOpenAiServer(({ body }) => {
      const [, prompt, at] = /(first|second) (\d+)/.exec(JSON.stringify(body.messages)) ?? [];
      const text = answer(prompt === 'first' ? 'first' : 'second', Number(at));
      return { text, usage: { input: 100, output: 1 } };
    });
    disposals.push(() => server.close());
    const cases = Array.from({ length: CASES }, (_, at) => `  - { id: c${at}, input: { number: ${at} } }`);
    const prompts = targets
      .split(' ')
      .map((name) => `{ name: ${name}, prompt: ${name}.prompty, model: local/tiny }`);
    const root = temporaryFolder({
      'touchstone.yaml': `providers:
  local: { base_url: '${server.baseUrl}', max_concurrency: 4, ${prices} }
suites:
  s:
    dataset: x.golden.yaml
    targets: [${prompts.join(', ')}]
    evaluators: [{ contains: 'yes' }]
    ${gate}
`,
      'one.prompty': 'user:\nfirst {{number}}\n',
      'two.prompty': 'user:\nsecond {{number}}\n',
      'x.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${cases.join('\n')}\n`,
    });
    const environment = fixedEnvironment({});
    const { signal } = new AbortController();
    const engine = createEngine(await loadWorkspace({ root, environment, signal }), {
      clock: systemClock,
      random: systemRandom,
      environment,
      log: noLog,
      owner: { pid: process.pid, host: os.hostname(), started: null, alive: () => true },
      trust: { commands: false, scripts: false },
    });
    disposals.push(() => engine.close());
    const prepare = async () => {
      const [found] = await engine.prepareComparison(
        { baseline: 'one', candidate: 'two', overrides: {} },
        signal,
      );
      assert.ok(found);
      return found;
    };
    return { engine, server, prepare };
  }

  const options = (more: Partial<RunComparisonOptions> = {}): RunComparisonOptions => ({
    signal: new AbortController().signal,
    sequential: false,
    reuse: false,
    ...more,
  });
  const gain = (prompt: string) => (prompt === 'second' ? 'yes' : 'no');

  it('runs both sides whole, tells who listens, and keeps the verdict', async () => {
    const { engine, server, prepare } = await open(gain);
    const heard: unknown[] = [];
    let results = 0;
    const listener: RunListener = {
      onStart: (run, stored) => heard.push(run.id, stored),
      onResults: (_run, found) => {
        results += found.length;
      },
    };
    const prepared = await prepare();
    const { comparison, outcome } = await engine.compare(prepared, listener, options());
    assert.deepEqual([outcome, comparison.verdict.word, comparison.sequential], ['complete', 'better', null]);
    assert.deepEqual(heard, [comparison.candidate.runId, 0]);
    assert.deepEqual([results, server.requests.length], [2 * CASES, 2 * CASES]);
    assert.deepEqual([comparison.baseline.reusedTrials, comparison.candidate.reusedTrials], [0, 0]);
    const verdict = engine.store.verdicts.of(comparison.candidate.runId);
    assert.ok(verdict && 'comparison' in verdict);
    assert.equal(verdict.comparison.word, 'better');
  });

  it('lets earlier results stand in where that is asked for', async () => {
    const { engine, server, prepare } = await open(gain);
    await engine.compare(await prepare(), NOBODY, options());
    const again = await engine.compare(await prepare(), NOBODY, options({ reuse: true }));
    const { baseline, candidate, notes, verdict } = again.comparison;
    assert.deepEqual([baseline.reusedTrials, candidate.reusedTrials], [CASES, CASES]);
    assert.equal(server.requests.length, 2 * CASES);
    assert.deepEqual([verdict.word, notes], ['better', []]);
    const anew = await engine.compare(await prepare(), NOBODY, options());
    assert.equal(anew.comparison.baseline.reusedTrials, 0);
    assert.equal(server.requests.length, 4 * CASES);
  });

  it('notes what its sides are, and why earlier results do not stand in', async () => {
    const { engine, prepare } = await open(gain);
    const { run, ...prepared } = await prepare();
    assert.ok(run);
    const plan = { ...run.inputs.plan, evaluatorsHash: 'others' };
    engine.store.createRun({ id: 'x', plan, createdAt: 1, traceId: '0'.repeat(32) });
    const notes = ['HEAD is commit 0123456789.'];
    const { comparison } = await engine.compare(
      { ...prepared, notes, run },
      NOBODY,
      options({ reuse: true }),
    );
    const why = 'results of run x were not reused: the evaluators or what they load are different now.';
    assert.deepEqual(comparison.notes, [...notes, `one: ${why}`, `two: ${why}`]);
  });

  it('stops as soon as the verdict is settled, and says what that saved', async () => {
    const { engine, server, prepare } = await open(gain);
    const { comparison, outcome } = await engine.compare(
      await prepare(),
      NOBODY,
      options({ sequential: true }),
    );
    const { sequential, verdict, cases, candidate } = comparison;
    assert.deepEqual([outcome, verdict.word, sequential?.stopped], ['complete', 'better', true]);
    assert.equal(sequential?.planned, CASES);
    assert.ok(sequential.pairs < CASES && sequential.pairs >= 11, `${sequential.pairs} pairs`);
    assert.equal(cases.length, sequential.pairs);
    const made = [...engine.store.results(candidate.runId)].length;
    assert.ok(made < 2 * CASES && server.requests.length < 2 * CASES);
    assert.equal(sequential.savedCostUsd?.toFixed(6), (CALL_USD * (2 * CASES - made)).toFixed(6));
    const order = cases.map(({ caseIndex }) => caseIndex);
    assert.notDeepEqual(
      order,
      order.toSorted((a, b) => a - b),
      'drawn at random',
    );
    assert.equal(engine.store.getRun(candidate.runId).status.state, 'complete');
  });

  it('runs to its end where nothing is settled, and saves nothing then', async () => {
    const { engine, prepare } = await open((prompt, at) =>
      (at % 2 === 0) === (prompt === 'first') ? 'yes' : 'no',
    );
    const { comparison } = await engine.compare(await prepare(), NOBODY, options({ sequential: true }));
    assert.equal(comparison.verdict.word, 'undecided');
    assert.deepEqual(comparison.sequential, {
      pairs: CASES,
      planned: CASES,
      stopped: false,
      savedCostUsd: 0,
    });
  });

  it('does not know what it saved where prices are unknown', async () => {
    const { engine, prepare } = await open(gain, { prices: 'headers: {}' });
    const { comparison } = await engine.compare(await prepare(), NOBODY, options({ sequential: true }));
    assert.equal(comparison.sequential?.stopped, true);
    assert.equal(comparison.sequential.savedCostUsd, null);
  });

  it('settles by the margin that was asked for, else by that of the gate', async () => {
    // The sides are alike: with a wide margin they are soon equivalent, with a narrow one never in sixty cases.
    const gate = 'gate: { non_inferiority_margin: 0.5 }';
    const { engine, prepare } = await open(() => 'yes', { gate });
    const compare = async (more: Partial<RunComparisonOptions>) =>
      (await engine.compare(await prepare(), NOBODY, options({ sequential: true, reuse: true, ...more })))
        .comparison;
    const wide = await compare({});
    assert.deepEqual([wide.margin, wide.verdict.word, wide.sequential?.stopped], [0.5, 'equivalent', true]);
    const narrow = await compare({ margin: 0.01 });
    assert.deepEqual([narrow.margin, narrow.sequential?.stopped], [0.01, false]);
  });

  it('is over what there is where it was interrupted, and keeps no verdict then', async () => {
    const { engine, prepare } = await open(gain);
    const controller = new AbortController();
    const listener: RunListener = { onStart: () => {}, onResults: () => controller.abort(new Error('stop')) };
    const { comparison, outcome } = await engine.compare(
      await prepare(),
      listener,
      options({ signal: controller.signal }),
    );
    assert.equal(outcome, 'interrupted');
    assert.ok(comparison.cases.length < CASES);
    assert.equal(engine.store.verdicts.of(comparison.candidate.runId), undefined);
  });

  it('closes what it was prepared with, whatever happens', async () => {
    const { engine, prepare } = await open(gain);
    let closed = 0;
    const watched = async () => {
      const { run, ...rest } = await prepare();
      assert.ok(run);
      const close = async () => {
        closed += 1;
        await run.close();
      };
      return { ...rest, run: { ...run, close } };
    };
    await engine.compare(await watched(), NOBODY, options());
    assert.equal(closed, 1);
    const { run, ...rest } = await watched();
    const refused = { ...run, ready: () => Promise.reject(new UsageError('no key', {})) };
    await assert.rejects(engine.compare({ ...rest, run: refused }, NOBODY, options()), /no key/);
    assert.equal(closed, 2);
  });

  it('does not stop early beside what is stored, nor among cases that read earlier ones', async () => {
    const { engine, prepare } = await open(gain);
    const first = await engine.compare(await prepare(), NOBODY, options());
    const id = first.comparison.candidate.runId;
    const { run, ...prepared } = await prepare();
    assert.ok(run);
    const refusal = async (comparison: PreparedComparison) => {
      let text = '';
      await assert.rejects(engine.compare(comparison, NOBODY, options({ sequential: true })), (error) => {
        if (error instanceof UsageError) text = `${error.message}: ${error.remedy}`;
        return error instanceof UsageError;
      });
      return text;
    };
    const stored = { storedRun: id, label: 'run x' };
    for (const side of ['baseline', 'candidate'] as const)
      assert.equal(
        await refusal({ ...prepared, run, [side]: { ...prepared[side], ...stored } }),
        'run x is stored already, so there is nothing to stop early on that side: Leave out --sequential, or name a revision, target or model in place of the run.',
      );
    const order = { env: {}, stores: new Map() };
    const ordered = { ...prepared, run: { ...run, inputs: { ...run.inputs, order } } };
    assert.equal(
      await refusal(ordered),
      'cases of this suite read what earlier ones gave, so they keep their order: Leave out --sequential.',
    );
    const whole = await engine.compare(ordered, NOBODY, options({ reuse: true }));
    assert.equal(whole.comparison.baseline.reusedTrials, 0, 'their results belong to the run they are from');
  });

  it('compares two stored runs without running anything', async () => {
    const { engine, server, prepare } = await open(gain);
    const { comparison } = await engine.compare(await prepare(), NOBODY, options());
    const id = comparison.candidate.runId;
    const [stored] = await engine.prepareComparison(
      { baseline: id, candidate: id, overrides: {} },
      new AbortController().signal,
    );
    assert.ok(stored);
    const found = await engine.compare(stored, NOBODY, options({ margin: 0.2 }));
    assert.deepEqual([found.outcome, found.comparison.margin], ['complete', 0.2]);
    assert.equal(found.comparison.baseline.runId, id);
    assert.equal(server.requests.length, 2 * CASES);
  });
});
