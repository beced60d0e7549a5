import assert from 'node:assert/strict';
import {
  liveComparison,
  liveOriginOf,
  storedPair,
  storedPairs,
} from '../../../../src/engine/compare/live/liveComparison.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import type { LiveOrigin, RunPlan } from '../../../../src/engine/model/run.ts';
import type { CandidateVerdict, RunVerdict } from '../../../../src/engine/model/runVerdict.ts';
import { summarize } from '../../../../src/engine/runs/tally/summarize.ts';
import { plan, trialResult } from '../../../support/runFixtures.ts';
import { storedRuns } from '../storedRuns.ts';

const LIVE: LiveOrigin = { route: 'support', baseline: 'old', same: false, margin: 0.1, key: 'k' };
const PLAN: RunPlan = {
  ...plan({ targets: ['old', 'new'], cases: 100 }),
  comparison: { baseline: 'support: old', candidate: 'new' },
  origin: { live: LIVE },
  gate: { minScore: 0.9, undecided: 'fail' },
};
/** Whether each side passed, null where nothing came; of a session, and of the same model, where these are given. */
type Live = { sides: [boolean | null, boolean | null]; session?: string; same?: boolean };

describe('a stored comparison of live pairs', () => {
  const runs = storedRuns();

  function store(id: string, pairs: readonly (Live | null)[], made = PLAN): void {
    runs.planned(id, made);
    const results = pairs.flatMap((pair, caseIndex): TrialResult[] => {
      if (!pair) return [];
      const { sides, session } = pair;
      return sides.map((passed, at) =>
        trialResult({
          target: at === 0 ? 'old' : 'new',
          caseIndex,
          status: passed === null ? 'errored' : passed ? 'passed' : 'failed',
          score: passed === null ? null : Number(passed),
          ...(session === undefined ? {} : { cluster: session }),
        }),
      );
    });
    const cases = pairs.flatMap((pair, index) =>
      pair
        ? [
            {
              case: { id: `case-${index}`, input: 'x', metadata: pair.same ? { same_target: true } : {} },
              index,
              location: { path: 'gateway', line: 1, column: 1 },
            },
          ]
        : [],
    );
    // The last request may be the first that is judged.
    const kept = { results: results.toReversed(), cases: cases.toReversed(), spans: [], logs: [] };
    runs.store.append(id, kept, { now: 1, elapsedMs: 1 });
  }

  const gains = (count: number, more: Partial<Live> = {}): Live[] =>
    Array.from({ length: count }, () => ({ sides: [false, true], ...more }));
  function keep(id: string, verdict: RunVerdict): void {
    const owner = { pid: 1, host: 'here', started: null, alive: () => true };
    runs.store.release(runs.store.claim(id, owner, 1), 'complete', 2);
    runs.store.verdicts.save(id, verdict, 2);
  }
  const candidate = (comparison: CandidateVerdict['comparison']): CandidateVerdict => ({
    passed: true,
    gate: null,
    comparison,
  });

  it('is one of the answers that clients got and those of the shadow', () => {
    store('r', gains(30));
    const found = liveComparison(runs.store, 'r');
    assert.deepEqual(
      [found?.baseline.label, found?.baseline.targets.map(({ name }) => name)],
      ['support: old', ['old']],
    );
    assert.deepEqual(
      [found?.candidate.label, found?.candidate.targets.map(({ name }) => name)],
      ['new', ['new']],
    );
    assert.equal(found?.verdict.word, 'better');
    assert.equal(found?.counts.improved, 30);
    assert.equal(found?.margin, 0.1);
    assert.equal(found?.gate, null);
    assert.deepEqual(found?.sequential, { pairs: 30, planned: 100, stopped: false, savedCostUsd: null });
    assert.match(found?.notes.join() ?? '', /^Live pairs: answers to requests .* the route support, beside/);
  });

  it('is none of a run that compares nothing, or was no live one', () => {
    const { comparison: _, ...single } = PLAN;
    const { origin: __, ...planned } = PLAN;
    const alone = { ...PLAN, targets: PLAN.targets.slice(0, 1) };
    for (const [id, made] of [
      ['single', single],
      ['planned', planned],
      ['elsewhere', { ...PLAN, origin: {} }],
      ['alone', alone],
    ] as const) {
      store(id, id === 'alone' ? [] : gains(30), made);
      assert.equal(liveComparison(runs.store, id), undefined, id);
    }
    for (const id of ['single', 'planned', 'elsewhere']) {
      assert.equal(liveOriginOf(runs.store.getRun(id)), undefined, id);
      assert.deepEqual(storedPairs(runs.store, id), [], id);
    }
    assert.deepEqual(liveOriginOf({ plan: PLAN }), LIVE);
  });

  it('counts no request of which the shadow has no answer', () => {
    store('r', gains(30));
    const results = [trialResult({ target: 'old', caseIndex: 40 })];
    runs.store.append('r', { results, cases: [], spans: [], logs: [] }, { now: 2, elapsedMs: 1 });
    assert.equal(liveComparison(runs.store, 'r')?.sequential?.pairs, 30);
  });

  it('counts sessions that may go on, as they are so far', () => {
    store('r', [...gains(30), ...gains(2, { session: 's' })]);
    const { counts } = liveComparison(runs.store, 'r') ?? {};
    assert.deepEqual([counts?.pairs, counts?.clusters], [32, 31]);
  });

  it('is not identical while more pairs may come, whatever was planned', () => {
    store(
      'r',
      Array.from({ length: 100 }, () => ({ sides: [true, true] })),
    );
    assert.equal(liveComparison(runs.store, 'r')?.verdict.word, 'equivalent');
  });

  it('ends with as many clusters as its verdict was made of', () => {
    const losses = Array.from({ length: 40 }, (): Live => ({ sides: [true, false] }));
    store('r', [...gains(25), ...losses]);
    assert.equal(liveComparison(runs.store, 'r')?.verdict.word, 'undecided');
    const counted = liveComparison(runs.store, 'r', 25);
    assert.deepEqual([counted?.verdict.word, counted?.counts.pairs], ['better', 25]);
    assert.equal(counted?.sequential?.stopped, true);
    keep('r', candidate({ word: 'better', reason: '', clusters: 20 }));
    for (const given of [undefined, 5]) {
      const kept = liveComparison(runs.store, 'r', given);
      assert.deepEqual([kept?.verdict.word, kept?.counts.pairs], ['better', 20]);
    }
  });

  it('is of all pairs where its verdict does not say of how many', () => {
    store('r', gains(30));
    keep('r', candidate({ word: 'better', reason: '' }));
    assert.equal(liveComparison(runs.store, 'r')?.counts.pairs, 30);
    store('plain', gains(30));
    keep('plain', { passed: true, gate: null, total: summarize(PLAN, []).total });
    assert.equal(liveComparison(runs.store, 'plain')?.counts.pairs, 30);
  });

  it('says nothing of the candidate where it is void, and why', () => {
    store('r', gains(30));
    keep('r', candidate({ word: 'undecided', reason: 'x', void: 'the split does not fit' }));
    const found = liveComparison(runs.store, 'r');
    assert.deepEqual(found?.verdict, {
      word: 'undecided',
      reason: 'Void: the split does not fit.',
      evidence: [],
      regressions: { shown: [], possible: [] },
    });
    assert.equal(found?.counts.pairs, 30);
  });

  it('counts a session once, and says how many of its turns came too late', () => {
    const turn: Live = { sides: [false, true], session: 's' };
    const late = (last: readonly Live[]) => {
      const id = `${last.length} late`;
      store(id, [turn, ...gains(40), ...last]);
      return liveComparison(runs.store, id);
    };
    const none = late([]);
    assert.deepEqual([none?.counts.clusters, none?.counts.pairs], [41, 41]);
    assert.doesNotMatch(none?.notes.join() ?? '', /not count/);
    assert.match(late([turn])?.notes.join() ?? '', /^.*1 pair does not count: the session had counted/m);
    const two = late([turn, turn]);
    assert.match(two?.notes.join() ?? '', /2 pairs do not count/);
    assert.equal(two?.counts.pairs, 41);
  });

  it('never tells a target from itself, as the plan says or as every request does', () => {
    store('r', gains(30), { ...PLAN, origin: { live: { ...LIVE, same: true } } });
    assert.equal(liveComparison(runs.store, 'r')?.verdict.word, 'undecided');
    store('alike', gains(30, { same: true }));
    assert.equal(liveComparison(runs.store, 'alike')?.verdict.word, 'undecided');
    store('one', [...gains(29, { same: true }), ...gains(1)]);
    assert.equal(liveComparison(runs.store, 'one')?.verdict.word, 'better');
    store('none', []);
    assert.doesNotMatch(liveComparison(runs.store, 'none')?.verdict.reason ?? '', /same/);
  });

  it('has its pairs in the order of the requests, without those of which a side is missing', () => {
    const half: Live = { sides: [true, false] };
    store('r', [half, null, ...gains(1), { sides: [true, null] }, ...Array(9).fill(null), half]);
    runs.store.append(
      'r',
      {
        results: [trialResult({ target: 'old', caseIndex: 5 }), trialResult({ target: 'new', caseIndex: 6 })],
        cases: [],
        spans: [],
        logs: [],
      },
      { now: 2, elapsedMs: 1 },
    );
    assert.deepEqual(
      storedPairs(runs.store, 'r').map(({ caseIndex, change }) => [caseIndex, change]),
      [
        [0, 'degraded'],
        [2, 'improved'],
        [3, 'unmeasured'],
        [13, 'degraded'],
      ],
    );
    for (const position of [1, 5, 6])
      assert.equal(storedPair(runs.store, 'r', position, 'old'), undefined, `${position}`);
    const found = storedPair(runs.store, 'r', 0, 'old');
    assert.deepEqual([found?.baseline.target, found?.candidate.target], ['old', 'new']);
    assert.deepEqual([found?.baseline.trials, found?.candidate.trials], [1, 1]);
  });
});
