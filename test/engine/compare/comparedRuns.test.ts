import assert from 'node:assert/strict';
import type { SequentialProgress } from '../../../src/engine/model/comparison.ts';
import { plan } from '../../support/runFixtures.ts';
import { resultsOf, same, storedRuns } from './storedRuns.ts';

describe('a comparison of two stored runs', () => {
  const runs = storedRuns();
  const idsOf = (...indices: number[]) => indices.map((index) => `case-${index}`);

  it('says what was compared, and how much of it was reused', () => {
    runs.run('before', same(0, 4, 0.9), 4);
    runs.run('after', same(0, 4, 0.9), 4);
    const compared = runs.compare({ reused: { baseline: 3, candidate: 2 }, notes: ['Of a branch.'] });
    assert.deepEqual(
      [compared.suite, compared.dataset, compared.baseline, compared.candidate.reusedTrials],
      [
        'fixture',
        { path: 'fixture.golden.yaml', version: '1.0.0' },
        {
          label: 'before',
          runId: 'before',
          targets: [{ name: 'a', kind: 'echo', hash: 'hash of a' }],
          reusedTrials: 3,
        },
        2,
      ],
    );
    assert.deepEqual([compared.notes, compared.sequential, compared.gate], [['Of a branch.'], null, null]);

    const fresh = runs.compare();
    assert.deepEqual([fresh.baseline.reusedTrials, fresh.candidate.reusedTrials, fresh.notes], [0, 0, []]);
  });

  it('counts cases by how they changed, and those of one source once', () => {
    const before = { 0: 0.2, 1: 0.3, 2: 0.9, 3: 0.6, 4: 0.7, 5: 0.8, 6: null };
    const after = { 0: 0.9, 1: 0.9, 2: 0.2, 3: 0.6, 4: 0.7, 5: 0.8, 6: 0.8 };
    for (const [id, scores] of [
      ['before', before],
      ['after', after],
    ] as const) {
      runs.planned(id, plan({ cases: 7 }));
      const results = resultsOf(scores, id).map((one) => ({
        ...one,
        cluster: one.caseIndex < 3 ? 'x' : 'y',
      }));
      runs.append(id, results);
    }
    const { improved, degraded, neutral, unmeasured, clusters, pairs } = runs.compare().counts;
    assert.deepEqual([improved, degraded, neutral, unmeasured, clusters, pairs], [2, 1, 3, 1, 2, 7]);
  });

  it('goes by the margin that was asked for, else by that of the gate, else by five points', () => {
    runs.run('before', same(0, 4, 0.9), 4);
    runs.run('after', same(0, 4, 0.9), 4, { gate: { nonInferiorityMargin: 0.1, undecided: 'fail' } });
    assert.equal(runs.compare({ margin: 0.02 }).margin, 0.02);
    assert.equal(runs.compare().margin, 0.1);
    assert.equal(runs.compare({ gate: { undecided: 'fail' } }).margin, 0.05);
    assert.equal(runs.compare({ gate: null }).margin, 0.05);
    assert.equal(runs.compare({ gate: null }).gate, null);
  });

  it('has nothing to decide where both sides are the same', () => {
    runs.run('before', same(0, 60, 0.2), 60);
    runs.run('after', same(0, 60, 0.9), 60);
    assert.equal(runs.compare().verdict.word, 'better');
    assert.equal(runs.compare({ same: true }).verdict.word, 'undecided');
  });

  it('resamples by the seed of the candidate', () => {
    const uneven = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [at, ((at * 7) % 10) / 10]));
    const results = resultsOf(uneven, 'x').map((one) => ({
      ...one,
      output: { ...one.output, costUsd: one.caseIndex + 1 },
    }));
    for (const [id, seed] of [
      ['before', 3],
      ['after', 3],
      ['other', 4],
    ] as const) {
      runs.planned(id, { ...plan({ cases: 40 }), seed });
      runs.append(id, id === 'before' ? resultsOf(uneven, 'x') : results);
    }
    const resourcesOf = (runId: string) =>
      runs.compare({ candidate: { label: runId, runId, targets: ['a'] } }).resources;
    assert.deepEqual(resourcesOf('after'), resourcesOf('after'));
    assert.notDeepEqual(resourcesOf('after'), resourcesOf('other'));
  });

  it('refuses runs that were scored by different evaluators, and says what to do', () => {
    runs.run('before', same(0, 4, 0.9), 4);
    runs.run('after', same(0, 4, 0.9), 4, { evaluatorsHash: 'others' });
    assert.throws(() => runs.compare(), {
      name: 'UsageError',
      message: 'before and after were scored by different evaluators, so their results cannot be compared',
      remedy: /^Run both sides again with the evaluators of today/,
    });
  });

  describe('of different datasets', () => {
    const changed = { dataset: { ...plan().dataset, contentHash: 'other', count: 5 } };

    it('leaves out cases whose content is another', () => {
      runs.run('before', {}, 5);
      runs.append('before', resultsOf(same(0, 5, 0.2), 'x'), ['a', 'b', 'c', 'd', 'e']);
      runs.run('after', {}, 5, changed);
      runs.append('after', resultsOf(same(0, 5, 0.9), 'y'), ['a', 'b', 'c', 'd', 'E']);
      const { counts, notes, cases } = runs.compare();
      assert.deepEqual([counts.changedContent, counts.pairs, counts.unseen], [1, 4, 0]);
      assert.deepEqual(
        cases.map(({ caseId }) => caseId),
        idsOf(0, 1, 2, 3),
      );
      assert.ok(notes.includes('1 case differs between the two datasets, so not compared.'));
    });

    it('counts a case as not run on either side once, whatever else was left out', () => {
      runs.run('before', {}, 9);
      runs.append('before', resultsOf({ ...same(0, 4, 0.2), 6: 0.2 }, 'x'), [
        'a',
        'b',
        'c',
        'd',
        'e',
        'f',
        'g',
      ]);
      runs.run('after', {}, 8, changed);
      runs.append('after', resultsOf(same(0, 4, 0.9), 'y'), ['A', 'B', 'c', 'd']);
      const { counts } = runs.compare();
      const { pairs, changedContent, unseen } = counts;
      assert.deepEqual([pairs, changedContent, unseen], [3, 2, 3], 'eight planned: 2 changed, 3 paired');
    });

    it('reads no case of two runs over the very same dataset', () => {
      runs.run('before', same(0, 4, 0.2), 4);
      runs.run('after', same(0, 4, 0.9), 4);
      const { store } = runs;
      const read: number[] = [];
      const caseAt = store.caseAt.bind(store);
      store.caseAt = (runId, index) => {
        read.push(index);
        return caseAt(runId, index);
      };
      runs.compare();
      assert.deepEqual(read, []);
    });
  });

  describe('that was looked at while it ran', () => {
    const progress: SequentialProgress = { pairs: 3, planned: 5, stopped: true, savedCostUsd: null };

    it('is over the cases looked at, in the order drawn, by a test that may be looked at', () => {
      runs.run('before', same(0, 4, 0.2), 5);
      runs.run('after', { ...same(0, 3, 0.9), 4: 0.9 }, 5);
      const { cases, counts, metrics, sequential, notes, tags, consistency } = runs.compare({
        sequential: { caseIds: idsOf(2, 0, 1), progress },
      });
      assert.deepEqual(
        cases.map(({ caseId }) => caseId),
        idsOf(2, 0, 1),
      );
      const { pairs, unseen, baselineOnly, candidateOnly } = counts;
      assert.deepEqual([pairs, unseen, baselineOnly, candidateOnly], [3, 0, 0, 0]);
      assert.deepEqual(
        metrics.map(({ test }) => test),
        ['betting', 'betting'],
      );
      assert.deepEqual([sequential, tags[0]?.adjustedP, consistency], [progress, null, null]);
      assert.equal(notes.length, 1, 'that the rest of the runs is missing is no news');
      assert.match(notes[0] ?? '', /^Stopped early: /);
    });

    it('leaves out what one side alone has of whole runs, and does not count it', () => {
      runs.run('before', same(0, 4, 0.2), 4);
      runs.run('after', same(1, 6, 0.9), 5);
      const { counts } = runs.compare({
        sequential: { caseIds: idsOf(1, 2, 3), progress: { ...progress, stopped: false } },
      });
      assert.deepEqual([counts.pairs, counts.baselineOnly, counts.candidateOnly], [3, 0, 0]);
      const whole = runs.compare();
      assert.deepEqual(
        [whole.counts.pairs, whole.counts.baselineOnly, whole.counts.candidateOnly],
        [3, 1, 2],
      );
      assert.deepEqual(whole.notes.slice(0, 2), [
        '1 case is in the baseline only, so not compared.',
        '2 cases are in the candidate only, so not compared.',
      ]);
    });

    it('is identical only when all of its cases were looked at', () => {
      runs.run('before', same(0, 5, 0.9), 5, {}, 'hello');
      runs.run('after', same(0, 5, 0.9), 5, {}, 'hello');
      for (const [pairs, word] of [
        [3, 'undecided'],
        [5, 'identical'],
      ] as const) {
        const caseIds = idsOf(0, 1, 2, 3, 4).slice(0, pairs);
        const { verdict } = runs.compare({
          sequential: { caseIds, progress: { ...progress, pairs, stopped: false } },
        });
        assert.equal(verdict.word, word, `${pairs} of 5`);
      }
      assert.equal(runs.compare().verdict.word, 'identical');
    });
  });

  describe('with a gate', () => {
    const gate = { minPassRate: { overall: 0.9, tags: {} }, maxCostUsd: 1, undecided: 'fail' } as const;

    it('holds the targets of the candidate to it, and no other one of its run', () => {
      runs.run('before', same(0, 10, 0.9), 10);
      runs.planned('after', plan({ targets: ['a', 'b', 'c'], cases: 10 }));
      for (const [target, score] of [
        ['a', 0.2],
        ['b', 0.9],
        ['c', 0.2],
      ] as const)
        runs.append('after', resultsOf(same(0, 10, score), 'x', target));
      const judged = (target: string) =>
        runs.compare({
          candidate: { label: 'after', runId: 'after', targets: [target] },
          pairs: [{ baseline: 'a', candidate: target }],
          gate,
        }).gate;
      const good = judged('b');
      assert.deepEqual([good?.passed, good?.reason], [true, null]);
      assert.ok(!good?.clauses.some(({ name }) => name === 'complete'), 'nothing of it is missing');
      assert.match(judged('a')?.reason ?? '', /^min_pass_rate: /);
    });

    it('counts what is missing of those targets', () => {
      runs.run('before', same(0, 10, 0.9), 10);
      runs.planned('after', plan({ targets: ['a', 'b'], cases: 10, repeat: 2 }));
      runs.append('after', resultsOf(same(0, 9, 0.9), 'x', 'a'));
      const { gate: report } = runs.compare({ gate });
      const complete = report?.clauses.find(({ name }) => name === 'complete');
      assert.equal(complete?.reason, '11 trials of the run are missing');
    });

    it('fails where what is missing could undo that the candidate is not worse', () => {
      runs.run('before', same(0, 200, 0.9), 200, {}, 'x');
      runs.run('after', same(0, 190, 0.9), 200, {}, 'x');
      const policy = { nonInferiorityMargin: 0.05, undecided: 'fail' } as const;
      const clause = runs
        .compare({ gate: policy })
        .gate?.clauses.find(({ name }) => name === 'non_inferiority_margin');
      assert.equal(clause?.status, 'undecided');
      assert.match(clause?.reason ?? '', /it does not hold whatever the 10 cases not fully measured/);
    });
  });
});
