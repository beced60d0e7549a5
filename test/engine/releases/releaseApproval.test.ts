import assert from 'node:assert/strict';
import type { GateReport } from '../../../src/engine/model/gateReport.ts';
import type { RunRecord } from '../../../src/engine/model/run.ts';
import type { RunVerdict } from '../../../src/engine/model/runVerdict.ts';
import { approvedByRun, type StoredRuns } from '../../../src/engine/releases/releaseApproval.ts';

const passed: GateReport = {
  passed: true,
  reason: null,
  clauses: [{ name: 'min_pass_rate', status: 'pass', reason: '0.9 is at least 0.8' }],
};
const undecided: GateReport = {
  passed: false,
  reason: 'max_cost_usd: cost unknown',
  clauses: [{ name: 'max_cost_usd', status: 'undecided', reason: 'cost unknown' }],
};

function run(
  more: Partial<RunRecord['plan']> = {},
  status: RunRecord['status'] = { state: 'complete', finishedAt: 1 },
): RunRecord {
  const plan = {
    ...{
      suite: 'support',
      configPath: null,
      targets: [],
      evaluatorsHash: '',
      filter: { names: [], tags: [] },
    },
    dataset: { path: 'd.yaml', version: '3.1.0', schemaVersion: '2.0.0', contentHash: '', count: 1 },
    ...{ repeat: 1, seed: 1, trials: 2, gate: null },
    ...more,
  };
  return { id: 'r1', plan, status, createdAt: 1, elapsedMs: 1, seenAt: null };
}

const output = (model: string) => ({ text: 'x', latencyMs: 1, finishReason: null, model });

function runs(verdict: RunVerdict | undefined, gate: GateReport | null = null): StoredRuns {
  const evaluations = [{ name: 'judge' }, { name: 'equals' }];
  return {
    verdict: () => verdict,
    report: () => ({ passed: gate?.passed ?? true, gate }),
    results: () =>
      ['old', 'new'].map((target) => ({
        target,
        evaluations,
        output: output(`${target}-2026`),
      })) as unknown as ReturnType<StoredRuns['results']>,
  };
}

const compared = { baseline: 'old', candidate: 'new' };
const candidate = (gate: GateReport | null, more: object = {}): RunVerdict => ({
  passed: true,
  gate,
  comparison: { word: 'better', reason: 'it is', ...more },
});

describe('what approves a release', () => {
  it('is a comparison whose gate passed, with the models that its candidate was served', () => {
    const { approvedBy, dataset } = approvedByRun(
      runs(candidate(passed)),
      run({ comparison: compared }),
      undefined,
    );
    assert.deepEqual(approvedBy, {
      ...{
        run: 'r1',
        kind: 'comparison',
        gate: 'passed',
        reason: 'its gate passed',
        clauses: passed.clauses,
      },
      ...{ evaluators: ['equals', 'judge'], servedModels: ['new-2026'] },
    });
    assert.deepEqual(dataset, { path: 'd.yaml', version: '3.1.0' });
  });

  it('is a run without a stored verdict, as it is judged now', () => {
    assert.equal(approvedByRun(runs(undefined, passed), run(), undefined).approvedBy.gate, 'passed');
  });

  const not: [what: string, runs: StoredRuns, record: RunRecord, gate: string, reason: RegExp][] = [
    [
      'a run that goes on',
      runs(undefined, passed),
      run({}, { state: 'interrupted' }),
      'undecided',
      /not complete/,
    ],
    ['an undecided gate', runs(undefined, undecided), run(), 'undecided', /undecided: max_cost_usd/],
    ['a run without a gate', runs(undefined), run(), 'none', /no gate/],
    [
      'a comparison without a verdict',
      runs(undefined, passed),
      run({ comparison: compared }),
      'undecided',
      /not settled/,
    ],
    [
      'a void comparison',
      runs(candidate(passed, { void: 'the split does not fit' })),
      run({ comparison: compared }),
      'undecided',
      /the split/,
    ],
    ['a comparison without a gate', runs(candidate(null)), run({ comparison: compared }), 'none', /no gate/],
  ];
  for (const [what, stored, record, gate, reason] of not)
    it(`is not ${what}, unless a person gives a reason`, () => {
      assert.throws(() => approvedByRun(stored, record, undefined), { message: reason });
      assert.throws(() => approvedByRun(stored, record, '  '), /needs a reason/);
      const { approvedBy } = approvedByRun(stored, record, ' hotfix ');
      assert.deepEqual([approvedBy.gate, approvedBy.override], [gate, 'hotfix']);
      assert.match(approvedBy.reason ?? '', reason);
    });

  it('keeps no reason where none was needed', () => {
    assert.equal(
      approvedByRun(runs(undefined, passed), run(), 'just in case').approvedBy.override,
      undefined,
    );
  });
});
