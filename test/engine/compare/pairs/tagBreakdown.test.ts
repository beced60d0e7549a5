import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pairCases } from '../../../../src/engine/compare/pairs/pairCases.ts';
import { compareTags } from '../../../../src/engine/compare/pairs/tagBreakdown.ts';
import { holm } from '../../../../src/engine/statistics/holm.ts';
import { exactMcNemar } from '../../../../src/engine/statistics/mcnemar.ts';
import { trialResult } from '../../../support/runFixtures.ts';
import { casesOf, type Outcome, PAIR, times } from '../comparing.ts';

const tagged = (tag: string, count: number, before: number | null, after: number | null): Outcome[] =>
  times(count, { before, after, tags: [tag] });

describe('compareTags', () => {
  it('gives the worst tag first, and equal ones by name', () => {
    const outcomes = ['d', 'b', 'c', 'a'].flatMap((tag) => tagged(tag, 4, 1, tag === 'c' ? 0 : 1));
    const tags = compareTags(casesOf([...outcomes, ...tagged('up', 4, 0, 1)]), { margin: 0.05 }, true);
    assert.deepEqual(
      tags.map(({ tag, passDifference }) => [tag, passDifference]),
      [
        ['c', -1],
        ['a', 0],
        ['b', 0],
        ['d', 0],
        ['up', 1],
      ],
    );
  });

  it('adjusts over the tags that were measured, each with its own p', () => {
    const outcomes = [...tagged('x', 8, 1, 0), ...tagged('y', 12, 1, 0), ...tagged('z', 9, 0, 1)];
    const [p8, p12, p9] = [8, 12, 9].map((n) => exactMcNemar(n, 0));
    const expected = holm([p8, p8, p12, p12, p9, p9].map((p) => p ?? 1));
    const found = (more: Outcome[]) =>
      new Map(
        compareTags(casesOf([...outcomes, ...more]), { margin: 0.05 }, true).map(({ tag, adjustedP }) => [
          tag,
          adjustedP,
        ]),
      );
    for (const more of [[], tagged('never', 5, null, null)]) {
      const tags = found(more);
      assert.equal(tags.has('never'), false);
      for (const [at, tag] of ['x', 'y', 'z'].entries())
        assert.ok(Math.abs((tags.get(tag) ?? 1) - (expected[2 * at] ?? 0)) < 1e-9, tag);
    }
  });

  it('counts what became of the cases of each tag', () => {
    const outcomes = [
      ...tagged('x', 3, 0, 1),
      ...tagged('x', 2, 1, 0),
      ...tagged('x', 1, null, 1),
      ...tagged('y', 4, 1, 1),
      ...times(2, { before: 1, after: null }),
    ];
    const found = compareTags(casesOf(outcomes), { margin: 0.05 }, true);
    assert.deepEqual(
      found.map(({ tag, pairs, improved, degraded, unmeasured }) => [
        tag,
        pairs,
        improved,
        degraded,
        unmeasured,
      ]),
      [
        ['y', 4, 0, 0, 0],
        ['x', 5, 3, 2, 1],
      ],
    );
  });

  it('calls a tag worse whatever is missing in the cases of others', () => {
    const [first] = compareTags(
      casesOf([...tagged('t', 7, 1, 0), { before: 1, after: null }]),
      { margin: 0.05 },
      true,
    );
    assert.deepEqual([first?.tag, first?.word], ['t', 'worse']);
  });

  it('has no difference in a score that was not measured', () => {
    const side = (target: string) => ({
      results: () =>
        [0, 1, 2].map((caseIndex) =>
          trialResult({ target, caseIndex, tags: ['t'], status: 'passed', score: null }),
        ),
      contentOf: () => '',
    });
    const { cases } = pairCases(side('before'), side('after'), [PAIR]);
    const [only] = compareTags(cases, { margin: 0.05 }, true);
    assert.deepEqual([only?.passDifference, only?.scoreDifference], [0, null]);
  });

  it('calls no tag better or worse that one unseen case could turn, and never equivalent', () => {
    const word = (outcomes: Outcome[], unseen = 0) =>
      compareTags(casesOf(outcomes), { margin: 0.05, unseen }, true)[0]?.word;
    assert.equal(word(tagged('t', 7, 1, 0)), 'worse');
    assert.equal(word(tagged('t', 7, 1, 0), 1), 'undecided');
    assert.equal(word(tagged('t', 12, 1, 0), 1), 'worse');
    assert.equal(word(tagged('t', 200, 1, 1)), 'undecided');
  });

  it('comes in the order of names where nothing else tells tags apart', () => {
    for (const names of [
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
      ['b', 'c', 'a'],
    ]) {
      const outcomes = names.flatMap((name) => tagged(name, 3, 1, 1));
      const found = compareTags(casesOf(outcomes), { margin: 0.05 }, true);
      assert.deepEqual(
        found.map(({ tag }) => tag),
        ['a', 'b', 'c'],
      );
    }
  });
});
