import assert from 'node:assert/strict';
import { plan } from '../../support/runFixtures.ts';
import { same, storedRuns } from './storedRuns.ts';

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

  it('is not identical over the first cases of a comparison that stopped', () => {
    runs.run('before', same(0, 60, 0.9), 60);
    runs.run('after', same(0, 60, 0.9), 60);
    const caseIds = Array.from({ length: 10 }, (_, at) => `case-${at}`);
    const progress = { pairs: 10, planned: 60, stopped: true, savedCostUsd: null };
    assert.equal(runs.compare({ sequential: { caseIds, progress } }).verdict.word, 'undecided');
  });
});
