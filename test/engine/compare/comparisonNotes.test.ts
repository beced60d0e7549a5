import assert from 'node:assert/strict';
import { plan, trialResult } from '../../support/runFixtures.ts';
import { resultsOf, type Scores, same, storedRuns } from './storedRuns.ts';

describe('a comparison notes', () => {
  const runs = storedRuns();

  describe('that only the spread differs', () => {
    const wide = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [at, at % 2 === 0 ? 0.55 : 0.95]));
    const narrow = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [at, at % 4 < 2 ? 0.7 : 0.8]));
    const shifted = (scores: Scores, by: number): Scores =>
      Object.fromEntries(
        Object.entries(scores).map(([at, score]) => [at, score === null ? null : score + by]),
      );
    const spreadIn = (notes: readonly string[]) => notes.filter((text) => text.startsWith('Only the spread'));

    it('with both deviations, and in which direction', () => {
      runs.run('before', narrow, 60);
      runs.run('after', wide, 60);
      const { notes, verdict } = runs.compare({ margin: 0.2 });
      assert.equal(verdict.word, 'equivalent');
      assert.match(
        spreadIn(notes)[0] ?? '',
        /the candidate's scores vary more from case to case \(standard deviation 0\.200, was 0\.050; p = \d\.\de-\d+\)\. The verdict is about means\.$/,
      );
      runs.run('wider', wide, 60);
      const reverse = runs.compare({
        baseline: { label: 'wider', runId: 'wider', targets: ['a'] },
        candidate: { label: 'before', runId: 'before', targets: ['a'] },
        margin: 0.2,
      });
      assert.match(spreadIn(reverse.notes)[0] ?? '', /vary less/);
    });

    it('where that is too small a difference to tell, not at all', () => {
      runs.run('before', narrow, 60);
      runs.run('after', { ...narrow, 0: 0.69, 2: 0.81 }, 60);
      const { notes, verdict } = runs.compare({ margin: 0.2 });
      assert.deepEqual([verdict.word, spreadIn(notes)], ['equivalent', []]);
    });

    it('where nothing else is decided, but not beside a metric that differs', () => {
      runs.run('before', narrow, 60);
      runs.run('after', wide, 60);
      assert.equal(runs.compare({ margin: 0.001 }).verdict.word, 'undecided');
      assert.equal(spreadIn(runs.compare({ margin: 0.001 }).notes).length, 1);

      runs.run('worse', shifted(wide, -0.5), 60);
      const worse = runs.compare({ candidate: { label: 'worse', runId: 'worse', targets: ['a'] } });
      assert.deepEqual([worse.verdict.word, spreadIn(worse.notes)], ['worse', []]);

      // The scores that were measured are significantly lower; what is missing leaves the word open.
      runs.run('high', shifted(narrow, 0.15), 60);
      runs.run('holes', { ...wide, ...same(38, 60, null) }, 60);
      const open = runs.compare({
        baseline: { label: 'high', runId: 'high', targets: ['a'] },
        candidate: { label: 'holes', runId: 'holes', targets: ['a'] },
      });
      assert.deepEqual([open.verdict.word, spreadIn(open.notes)], ['undecided', []]);
      assert.equal(open.metrics.filter(({ adjustedP }) => adjustedP !== null && adjustedP <= 0.05).length, 1);
    });
  });

  it('what is missing, in how many cases', () => {
    runs.run('before', { ...same(0, 3, 0.9), 3: null }, 6);
    runs.run('after', same(0, 5, 0.9), 6);
    assert.deepEqual(runs.compare().notes, [
      '2 cases were not measured on both sides.',
      '1 case was not run on either side.',
      'Run before is not complete: 2 trials are missing.',
      'Run after is not complete: 1 trial is missing.',
    ]);
  });

  it('one case each, and a run that is compared with itself once', () => {
    runs.run('before', { ...same(0, 3, 0.9), 3: null }, 4);
    runs.run('after', same(0, 5, 0.9), 5);
    assert.deepEqual(runs.compare().notes, [
      '1 case is in the candidate only, so not compared.',
      '1 case was not measured on both sides.',
    ]);
    runs.run('part', same(0, 3, 0.9), 4);
    const part = { label: 'part', runId: 'part', targets: ['a'] };
    assert.equal(runs.compare({ baseline: part, candidate: part }).notes.length, 2);
  });

  it('what is in the baseline only, and what differs', () => {
    const other = { dataset: { ...plan().dataset, contentHash: 'other', count: 3 } };
    runs.run('before', {}, 5);
    runs.append('before', resultsOf(same(0, 5, 0.9), 'x'), ['a', 'b', 'c', 'd', 'e']);
    runs.run('after', {}, 3, other);
    runs.append('after', resultsOf(same(0, 3, 0.9), 'x'), ['A', 'B', 'c']);
    assert.deepEqual(runs.compare().notes, [
      '2 cases are in the baseline only, so not compared.',
      '2 cases differ between the two datasets, so not compared.',
    ]);
  });

  it('other numbers of trials and other seeds', () => {
    runs.run('before', same(0, 3, 0.9), 3, { seed: 1 });
    runs.planned('after', plan({ cases: 3, repeat: 2 }));
    const results = [0, 1].flatMap((trial) =>
      resultsOf(same(0, 3, 0.9), 'x').map((one) => ({ ...trialResult(), ...one, trial })),
    );
    runs.append('after', results);
    assert.deepEqual(runs.compare().notes, [
      'The baseline has 1 trial of each case, the candidate 2.',
      'The two runs had different seeds.',
    ]);
  });
});
