import assert from 'node:assert/strict';
import { plan } from '../../support/runFixtures.ts';
import { resultsOf, same, storedRuns } from './storedRuns.ts';

describe('compareStored', () => {
  const runs = storedRuns();

  it('takes a case that an unfinished run never reached for unmeasured, on either side', () => {
    runs.run('before', same(0, 60, 0.2), 60);
    runs.run('after', same(0, 30, 0.9), 60);
    const { verdict, counts, notes, tags } = runs.compare();
    assert.equal(verdict.word, 'better', 'even if the other thirty had not changed for the better');
    assert.deepEqual([counts.pairs, counts.unmeasured, counts.baselineOnly], [60, 30, 0]);
    assert.ok(notes.includes('30 cases were not measured on both sides.'));
    assert.equal(tags[0]?.unmeasured, 30);
  });

  it('holds the word back where those cases could undo it', () => {
    runs.run('before', { ...same(0, 20, 0.2), ...same(20, 60, 0.9) }, 60);
    runs.run('after', same(0, 20, 0.9), 60);
    const { verdict, gate, cases } = runs.compare({ gate: { noRegression: ['t'], undecided: 'fail' } });
    assert.equal(verdict.word, 'undecided');
    assert.match(verdict.reason, /^40 cases were not fully measured; .* would be better, but/);
    assert.equal(gate?.clauses.find(({ name }) => name === 'no_regression[t]')?.status, 'undecided');
    const absent = cases.find(({ caseId }) => caseId === 'case-59');
    assert.deepEqual(
      [absent?.change, absent?.candidate.trials, absent?.candidate.unmeasured, absent?.candidate.reason],
      ['unmeasured', 1, 1, 'not run'],
    );
  });

  it('holds it back in the other direction as well', () => {
    runs.run('before', same(0, 20, 0.9), 60);
    runs.run('after', { ...same(0, 20, 0.2), ...same(20, 60, 0.9) }, 60);
    const { verdict } = runs.compare();
    assert.equal(verdict.word, 'undecided');
    assert.match(verdict.reason, /would be worse, but/);
  });

  it('leaves out cases that the other side never had, and says so', () => {
    runs.run('before', same(0, 31, 0.2), 31);
    runs.run('after', same(0, 60, 0.9), 60, {
      dataset: { ...plan().dataset, contentHash: 'other', count: 60 },
    });
    const { counts, notes, verdict } = runs.compare();
    assert.deepEqual([counts.pairs, counts.candidateOnly, counts.unmeasured, counts.unseen], [31, 29, 0, 0]);
    assert.ok(notes.includes('29 cases are in the candidate only, so not compared.'));
    assert.equal(verdict.word, 'better');
  });

  it('counts cases that neither unfinished run reached against every word', () => {
    runs.run('before', same(0, 12, 0.2), 60);
    runs.run('after', same(0, 12, 0.9), 60);
    const { counts, verdict, notes } = runs.compare();
    assert.deepEqual([counts.pairs, counts.unseen], [12, 48]);
    assert.equal(verdict.word, 'undecided');
    assert.ok(notes.includes('48 cases were not run on either side.'));
    assert.equal(notes.filter((note) => note.includes('is not complete')).length, 2);
  });

  it('knows of no unseen pairs beyond what both sides planned', () => {
    runs.run('before', same(0, 12, 0.2), 60);
    runs.run('after', same(6, 18, 0.9), 50);
    const { counts } = runs.compare();
    assert.deepEqual([counts.pairs, counts.unseen], [18, 32]);

    runs.run('longer', same(0, 40, 0.2), 60);
    runs.run('shorter', same(0, 20, 0.9), 30);
    const more = runs.compare({
      baseline: { label: 'longer', runId: 'longer', targets: ['a'] },
      candidate: { label: 'shorter', runId: 'shorter', targets: ['a'] },
    });
    assert.deepEqual([more.counts.pairs, more.counts.unseen], [40, 0]);
  });

  it('takes cases whose content differs for seen', () => {
    const other = { dataset: { ...plan().dataset, contentHash: 'other' } };
    const inputs = Array.from({ length: 12 }, (_, at) => `question ${at}`);
    runs.planned('before', plan({ cases: 60 }));
    runs.append('before', resultsOf(same(0, 12, 0.2), 'x'), inputs);
    runs.planned('after', { ...plan({ cases: 60 }), ...other });
    runs.append('after', resultsOf(same(0, 12, 0.9), 'x'), ['another', ...inputs.slice(1)]);
    const { counts } = runs.compare();
    assert.deepEqual([counts.pairs, counts.changedContent, counts.unseen], [11, 1, 48]);
  });

  it('lacks nothing on either side where one of them is whole', () => {
    runs.run('before', same(0, 5, 0.2), 5);
    runs.run('after', same(20, 28, 0.9), 8);
    const { counts } = runs.compare();
    assert.deepEqual(
      [counts.pairs, counts.baselineOnly, counts.candidateOnly, counts.unseen],
      [0, 5, 8, 0],
      'each has cases of its own',
    );
  });

  it('says how many trials of a run are missing: those that errored are there', () => {
    runs.run('before', { ...same(0, 4, 0.2), ...same(4, 7, 0.9), ...same(7, 9, null) }, 60);
    runs.run('after', same(0, 59, 0.9), 60);
    const notes = runs.compare().notes.filter((note) => note.includes('is not complete'));
    assert.deepEqual(notes, [
      'Run before is not complete: 51 trials are missing.',
      'Run after is not complete: 1 trial is missing.',
    ]);
  });

  it("holds the gate to the candidate's own results in a run of both sides", () => {
    const gate = { minPassRate: { overall: 0.9, tags: {} }, undecided: 'fail' } as const;
    runs.planned('both', { ...plan({ cases: 40, targets: ['a', 'b'] }), gate });
    runs.append('both', [...resultsOf(same(0, 40, 0.2), 'x', 'a'), ...resultsOf(same(0, 40, 0.9), 'y', 'b')]);
    const sides = {
      baseline: { label: 'a', runId: 'both', targets: ['a'] },
      candidate: { label: 'b', runId: 'both', targets: ['b'] },
      pairs: [{ baseline: 'a', candidate: 'b' }],
    };
    assert.equal(runs.compare(sides).gate?.passed, true);
    const reverse = { baseline: sides.candidate, candidate: sides.baseline };
    const pairs = [{ baseline: 'b', candidate: 'a' }];
    assert.equal(runs.compare({ ...reverse, pairs }).gate?.passed, false);
  });

  it("holds the gate up where one of the candidate's own trials is missing", () => {
    const gate = { minPassRate: { overall: 0.5, tags: {} }, undecided: 'fail' } as const;
    runs.planned('both', { ...plan({ cases: 40, targets: ['a', 'b', 'c', 'd'] }), gate });
    const results = ['a', 'b', 'c', 'd'].flatMap((target) =>
      resultsOf(same(0, target === 'd' ? 39 : 40, 0.9), 'x', target),
    );
    runs.append('both', results);
    const { gate: found } = runs.compare({
      baseline: { label: 'old', runId: 'both', targets: ['a', 'b'] },
      candidate: { label: 'new', runId: 'both', targets: ['c', 'd'] },
      pairs: [
        { baseline: 'a', candidate: 'c' },
        { baseline: 'b', candidate: 'd' },
      ],
    });
    assert.equal(found?.passed, false);
    assert.match(found?.reason ?? '', /1 trial of the run is missing/);
  });

  it('takes a trial of a case that is not there for a hole', () => {
    const repeat = { repeat: 3, trials: 90 };
    runs.run('before', same(0, 30, 0.2), 30, repeat);
    runs.run('after', same(0, 30, 0.9), 30, repeat);
    const { cases, verdict } = runs.compare();
    const { trials, unmeasured, unscored } = cases[0]?.candidate ?? {};
    assert.deepEqual([trials, unmeasured, unscored], [3, 2, 2]);
    assert.equal(verdict.word, 'undecided');
  });

  it('fails a gate with a reason where every trial of the baseline errored', () => {
    runs.run('before', same(0, 40, null), 40);
    runs.run('after', same(0, 40, 0.9), 40, {
      gate: { minPassRate: { overall: 0.5, tags: {} }, undecided: 'fail' },
    });
    const { gate, verdict } = runs.compare();
    assert.equal(verdict.word, 'undecided');
    assert.equal(gate?.passed, false);
    assert.match(gate?.reason ?? '', /^baseline: undecided, no case of the baseline was measured/);
  });

  it('counts nothing but what was looked at where it stopped early', () => {
    runs.run('before', same(0, 22, 0.2), 60);
    runs.run('after', same(0, 20, 0.9), 60);
    const caseIds = Array.from({ length: 20 }, (_, at) => `case-${at}`);
    const progress = { pairs: 20, planned: 60, stopped: true, savedCostUsd: null };
    const { counts, verdict, notes } = runs.compare({ sequential: { caseIds, progress } });
    assert.deepEqual([counts.pairs, counts.unseen, verdict.word], [20, 0, 'better']);
    assert.deepEqual(
      notes.filter((note) => /not complete|not run|only, so/.test(note)),
      [],
    );
  });

  it('is not identical over the first cases of a comparison that stopped', () => {
    runs.run('before', same(0, 60, 0.9), 60);
    runs.run('after', same(0, 60, 0.9), 60);
    const caseIds = Array.from({ length: 10 }, (_, at) => `case-${at}`);
    const progress = { pairs: 10, planned: 60, stopped: true, savedCostUsd: null };
    assert.equal(runs.compare({ sequential: { caseIds, progress } }).verdict.word, 'undecided');
  });
});
