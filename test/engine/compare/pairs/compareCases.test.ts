import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type CompareOptions, compareCases } from '../../../../src/engine/compare/pairs/compareCases.ts';
import { pairCases } from '../../../../src/engine/compare/pairs/pairCases.ts';
import { compareTags } from '../../../../src/engine/compare/pairs/tagBreakdown.ts';
import type { CaseComparison } from '../../../../src/engine/model/comparison.ts';
import { exactMcNemar } from '../../../../src/engine/statistics/mcnemar.ts';
import { trialResult } from '../../../support/runFixtures.ts';
import { casesOf, type Outcome, PAIR, times } from '../comparing.ts';

const compare = (outcomes: readonly Outcome[], options: Partial<CompareOptions> = {}) =>
  compareCases(casesOf(outcomes), { margin: 0.05, seed: 1, sequential: false, same: false, ...options });

const better: Outcome = { before: 0.2, after: 0.9 };
const worse: Outcome = { before: 0.9, after: 0.2 };
const steady: Outcome = { before: 0.8, after: 0.8 };

describe('compareCases', () => {
  it('calls a clear gain better and a clear loss worse, with the test that fits', () => {
    const gain = compare([...times(20, better), ...times(2, worse), ...times(40, steady)]);
    assert.equal(gain.verdict.word, 'better');
    const [pass] = gain.metrics;
    assert.equal(pass?.test, 'mcnemar');
    assert.equal(pass?.p, exactMcNemar(20, 2));
    assert.match(gain.verdict.reason, /passes 96\.8 % of the cases, the baseline 67\.7 %/);
    const loss = compare([...times(2, better), ...times(20, worse), ...times(40, steady)]);
    assert.equal(loss.verdict.word, 'worse');
  });

  it('stays undecided for a handful of changes, and says how many cases would decide', () => {
    const { verdict, metrics } = compare([...times(4, better), ...times(1, worse), ...times(30, steady)]);
    assert.equal(verdict.word, 'undecided');
    assert.match(
      verdict.reason,
      /about 190 such cases would find a difference of \+8\.6 points in the pass rate \(80 % power\)\.$/,
    );
    assert.equal(metrics[0]?.casesToFind, 190);
  });

  it('gives no interval beyond what a score can differ by', () => {
    const { metrics } = compare([...times(2, { before: 1, after: 0 }), ...times(3, { before: 1, after: 1 })]);
    const score = metrics.find(({ metric }) => metric === 'score');
    // Two of five lost wholly, as exactly as two of five can be known: Clopper & Pearson's 85.3 %.
    assert.equal(score?.interval?.low.toFixed(3), '-0.853');
    assert.ok((score?.interval?.high ?? 1) > 0);
    const lost = compare(times(4, { before: 1, after: 0 })).metrics[1];
    assert.equal(lost?.interval?.low, -1);
  });

  it('calls many unchanged cases equivalent, and few undecided', () => {
    assert.equal(compare(times(80, steady)).verdict.word, 'equivalent');
    assert.equal(compare(times(40, steady)).verdict.word, 'undecided');
  });

  describe('what was looked at more than once, or is the same', () => {
    const changed = [...times(12, { ...better, tags: ['a'] }), ...times(12, { ...steady, tags: ['a'] })];
    const repeated = ['before', 'after'].flatMap((target) =>
      Array.from({ length: 24 }, (_, at) =>
        trialResult({
          target,
          caseIndex: at >> 1,
          trial: at % 2,
          status: at % (target === 'before' ? 3 : 4) === 0 ? 'failed' : 'passed',
          score: at % 5 === 0 ? 0.4 : 0.9,
        }),
      ),
    );
    const side = { results: () => repeated, contentOf: () => '' };
    const { cases } = pairCases(side, side, [PAIR]);
    const look = (sequential: boolean) =>
      compareCases(cases, { margin: 0.05, seed: 1, sequential, same: false });

    it('tests tags only where all cases were planned and something changed', () => {
      const [tag] = compare([...changed, { ...worse, tags: ['a'] }]).tags;
      assert.equal(tag?.word, 'better');
      assert.deepEqual([tag?.pairs, tag?.improved, tag?.degraded], [25, 12, 1]);
      assert.equal(tag?.passDifference.toFixed(4), '0.4400');
      assert.equal(tag?.scoreDifference?.toFixed(4), ((12 * 0.7 - 0.7) / 25).toFixed(4));
      assert.ok((tag?.adjustedP ?? 1) < 0.05);
      for (const untested of [{ sequential: true }, { same: true }]) {
        const [open] = compare(changed, untested).tags;
        assert.equal(open?.word, 'undecided');
        assert.equal(open?.adjustedP, null);
        assert.equal(open?.passDifference, 0.5);
      }
    });

    it('gives a tag the p of the metric that changed most clearly', () => {
      const gained = times(15, { before: 0.45, after: 0.55, tags: ['a'] });
      const [tag] = compare([...gained, ...times(8, { before: 0.9, after: 0.7, tags: ['a'] })]).tags;
      assert.equal(tag?.word, 'better');
      assert.ok((tag?.adjustedP ?? 1) < 0.01);
    });

    it('compares consistency and spread only where all cases were planned', () => {
      assert.ok(look(false).consistency);
      assert.ok(look(false).spread);
      assert.equal(look(true).consistency, null);
      assert.equal(look(true).spread, null);
    });

    it('adjusts no p that a sequential test does not have', () => {
      for (const metric of compare(changed, { sequential: true }).metrics) {
        assert.equal(metric.adjustedP === null, metric.p === null);
      }
      for (const metric of compare(changed).metrics) assert.equal(typeof metric.adjustedP, 'number');
    });
  });

  it('counts cases that share a source once', () => {
    const clustered = times(30, better).map((outcome, at) => ({ ...outcome, cluster: `source ${at % 3}` }));
    const { verdict, metrics } = compare([...clustered, ...times(10, { ...steady, cluster: 'other' })]);
    assert.equal(metrics[0]?.test, 'sign-flip');
    assert.equal(metrics[0]?.clusters, 4);
    // Three sources all in favour are a quarter of all ways that three coins can fall.
    assert.equal(metrics[0]?.p, 0.25);
    assert.equal(verdict.word, 'undecided');
  });

  it('never decides a target against itself', () => {
    const { verdict } = compare(times(40, better), { same: true });
    assert.equal(verdict.word, 'undecided');
    assert.match(verdict.reason, /Both sides are the same/);
  });

  it('says nothing when nothing was measured', () => {
    const nothing = compare(times(40, { before: null, after: null }));
    assert.deepEqual([nothing.verdict.word, nothing.metrics.length], ['undecided', 0]);
    assert.equal(compare([]).verdict.word, 'undecided');
  });

  it('holds a good word back when the missing cases could undo it', () => {
    const lost: Outcome = { before: 0.9, after: null };
    const { verdict } = compare([...times(12, better), ...times(40, steady), ...times(20, lost)]);
    assert.equal(verdict.word, 'undecided');
    assert.match(verdict.reason, /^20 cases were not fully measured; .* would be better, but/);
    assert.equal(compare([...times(30, better), ...times(40, steady), lost]).verdict.word, 'better');
    assert.equal(compare([...times(100, steady), ...times(9, lost)]).verdict.word, 'undecided');
  });

  it('says that passes and scores disagree', () => {
    // Barely over the line in many cases, much worse in the others.
    const outcomes = [...times(30, { before: 0.49, after: 0.51 }), ...times(40, { before: 1, after: 0.6 })];
    const { verdict } = compare(outcomes);
    assert.equal(verdict.word, 'mixed');
    assert.match(verdict.reason, /opposite directions: it passes .*, but its mean score is/);
    assert.deepEqual(verdict.regressions, { shown: ['score'], possible: [] });
  });

  it('adjusts the tags for their number', () => {
    const tagged = Array.from({ length: 20 }, (_, at) =>
      times(6, at === 0 ? { ...better, tags: ['t0'] } : { ...steady, tags: [`t${at}`] }),
    ).flat();
    const tag = compare(tagged).tags.find((entry) => entry.tag === 't0');
    // Alone, six of six have p = 0.031; among forty tests that is nothing.
    assert.equal(tag?.adjustedP, 1);
    assert.equal(tag?.word, 'undecided');
    assert.equal(tag?.improved, 6);
  });

  it('adjusts each tag by its own p-values, and none for a metric that was not measured', () => {
    const tag = (name: string, count: number, of: Outcome) => times(count, { ...of, tags: [name] });
    const flipped = [
      ...tag('x', 16, { before: 0, after: 1 }),
      ...tag('y', 12, { before: 1, after: 0 }),
      ...tag('z', 9, { before: 0.7, after: 0.7 }),
    ];
    // Passes and scores alike: 2^-15 twice, 2^-11 twice, 1 twice; Holm's factors 6, 5, 4, 3, 2 and 1.
    const close = (found: number | null | undefined, p: number) =>
      assert.ok(Math.abs((found ?? 0) - p) < 1e-9, `${found} is ${p}`);
    const by = (cases: readonly CaseComparison[], name: string, unseen = 0) =>
      compareTags(cases, { margin: 0.05, unseen }, true).find((entry) => entry.tag === name);
    const cases = casesOf(flipped);
    for (const [name, p] of [
      ['x', 6 * 2 ** -15],
      ['y', 4 * 2 ** -11],
      ['z', 1],
    ] as const)
      close(by(cases, name)?.adjustedP, p);
    const unscored = cases.map((entry) =>
      entry.tags.includes('z')
        ? { ...entry, baseline: { ...entry.baseline, score: null, unscored: 1 } }
        : entry,
    );
    close(by(unscored, 'x')?.adjustedP, 6 * 2 ** -15);
    close(by(unscored, 'y')?.adjustedP, 4 * 2 ** -11);
    assert.deepEqual(
      [by(cases, 'x')?.word, by(cases, 'y')?.word, by(cases, 'x', 12)?.word],
      ['better', 'worse', 'undecided'],
    );
  });

  it('gives costs only where both sides know them', () => {
    const { resources } = compare([
      ...times(10, { ...steady, cost: [0.25, 0.5] }),
      ...times(5, { ...steady, cost: [0.25, null] }),
    ]);
    const cost = resources.find(({ resource }) => resource === 'cost');
    assert.deepEqual([cost?.pairs, cost?.unknown, cost?.baseline], [10, 5, 0.25]);
    assert.ok(Math.abs((cost?.relative ?? 0) - 1) < 1e-9);
    assert.equal(resources.find(({ resource }) => resource === 'tokens')?.baseline, null);
  });

  it('gives the same figures for the same seed', () => {
    const outcomes = [...times(5, better), ...times(3, worse), ...times(30, steady)];
    assert.deepEqual(compare(outcomes), compare(outcomes));
  });

  it('judges a sequence by an anytime-valid test, without testing parts of it', () => {
    const gain = compare([...times(60, { before: 0, after: 1 }), ...times(20, steady)], { sequential: true });
    assert.equal(gain.verdict.word, 'better');
    assert.deepEqual(
      gain.metrics.map(({ test, wilcoxonP }) => [test, wilcoxonP]),
      [
        ['betting', null],
        ['betting', null],
      ],
    );
  });

  describe('identical', () => {
    const same: Outcome = { before: 0.8, after: 0.8, sameOutput: true };

    it('is what did not change in any case, however few they are', () => {
      const { verdict } = compare(times(3, same));
      assert.equal(verdict.word, 'identical');
      assert.equal(verdict.reason, 'Every output, verdict and score is the same on both sides.');
      assert.equal(compare([...times(3, same), steady]).verdict.word, 'undecided', 'an output differs');
      const rescored = compare([...times(3, same), { ...same, after: 0.81 }]);
      assert.equal(rescored.verdict.word, 'undecided', 'a score differs');
      assert.equal(compare([]).verdict.word, 'undecided');
    });

    it('needs every measurement, and every planned case', () => {
      assert.equal(compare([...times(9, same), { ...same, before: null }]).verdict.word, 'undecided');
      assert.equal(compare(times(9, same), { unseen: 1 }).verdict.word, 'undecided');
      assert.equal(compare(times(9, same), { partial: true }).verdict.word, 'undecided');
      assert.equal(compare(times(9, same), { sequential: true }).verdict.word, 'identical');
    });

    it('is not said of a target against itself', () => {
      assert.equal(compare(times(9, same), { same: true }).verdict.word, 'undecided');
    });
  });

  it('says with which word the measured results alone would end', () => {
    const lost: Outcome = { before: 0.9, after: null };
    const reason = (outcomes: readonly Outcome[]) => compare(outcomes).verdict.reason;
    assert.equal(
      reason([...times(12, better), lost, ...times(20, lost)]),
      '21 cases were not fully measured; without what is missing the candidate would be better, but that does not hold whatever the missing results would have been.',
    );
    assert.match(reason([...times(100, steady), ...times(9, lost)]), /would be equivalent, but/);
    assert.equal(
      reason([...times(20, steady), ...times(10, lost)]),
      '10 cases were not fully measured; if the missing results went against the candidate, it would be worse.',
    );
    assert.match(
      reason([...times(20, steady), lost]),
      /^These cases cannot tell whether the candidate is better or worse/,
    );
  });

  it('calls scores that differ against the passes mixed in a sequence too', () => {
    const outcomes = times(200, { before: 0.49, after: 0.51 }).flatMap((one) => [
      one,
      { before: 1, after: 0.6 },
    ]);
    assert.equal(compare(outcomes, { sequential: true }).verdict.word, 'mixed');
  });

  it('never takes what spoke for one direction early on for the other', () => {
    const outcomes = [...times(30, { before: 1, after: 0 }), ...times(34, { before: 0, after: 1 })];
    assert.equal(compare(outcomes, { sequential: true }).verdict.word, 'undecided');
  });

  it('names the metrics that got worse', () => {
    assert.deepEqual(compare(times(30, worse)).verdict.regressions, {
      shown: ['pass', 'score'],
      possible: [],
    });
    assert.deepEqual(compare(times(30, better)).verdict.regressions, { shown: [], possible: [] });
    const lost = [...times(20, steady), ...times(10, { before: 0.9, after: null } as const)];
    assert.deepEqual(compare(lost).verdict.regressions, { shown: [], possible: ['pass', 'score'] });
    const same = compare(times(30, worse), { same: true });
    assert.deepEqual(same.verdict.regressions, { shown: [], possible: [] });
  });

  it('finds a tag mixed whose passes and scores disagree', () => {
    const tags = ['t'];
    const { tags: found } = compare([
      ...times(30, { before: 0.49, after: 0.51, tags }),
      ...times(40, { before: 1, after: 0.6, tags }),
    ]);
    assert.deepEqual(
      found.map(({ tag, word, unmeasured }) => [tag, word, unmeasured]),
      [['t', 'mixed', 0]],
    );
  });

  it('fills what is missing once for each case, and plans nothing by it', () => {
    const lost: Outcome = { before: 0.9, after: null };
    const { filled } = compare([...times(3, steady), lost]);
    assert.deepEqual(
      filled?.against.map(({ pairs, casesToFind }) => [pairs, casesToFind]),
      [
        [4, null],
        [4, null],
      ],
    );
    const { verdict } = compare([...times(12, better), ...times(2, lost)], { unseen: 20 });
    assert.match(verdict.reason, /^22 cases were not fully measured;/);
  });
});
