import assert from 'node:assert/strict';
import { wordSoFar } from '../../../../src/engine/compare/pairs/compareCases.ts';
import { clusterOf } from '../../../../src/engine/compare/pairs/differences.ts';
import { SequentialTally } from '../../../../src/engine/compare/sequential/sequentialTally.ts';
import { Chance } from '../../../support/simulation/chance.ts';
import {
  caseOf,
  drawCases,
  type Pair,
  piledUp,
  skewed,
  withErrors,
} from '../../../support/simulation/comparisons.ts';

describe('the tally of a sequential comparison', () => {
  const worlds = [
    { world: piledUp(120), effect: 0.3 },
    { world: piledUp(60, 3, 0.7), effect: -0.3 },
    { world: withErrors(piledUp(150)), effect: 0.4 },
    { world: skewed(300), effect: 0 },
    { world: withErrors(skewed(120)), effect: 0.2 },
  ];
  for (const { world, effect } of worlds)
    it(`finds the word of the whole after every cluster: ${world.name}, effect ${effect}`, () => {
      const cases = drawCases(world, new Chance(7), effect);
      const margin = 0.05;
      const tally = new SequentialTally(margin);
      const seen: typeof cases = [];
      for (const cluster of Map.groupBy(cases, clusterOf).values()) {
        tally.add(cluster);
        seen.push(...cluster);
        const options = { margin, seed: 0, sequential: true, same: false, partial: true };
        assert.equal(tally.word, wordSoFar(seen, options), `after ${seen.length} cases`);
      }
      assert.equal(tally.clusters, world.clusters);
    });

  const PASSED = { passed: 1, trials: 1, score: 1 };
  const FAILED = { passed: 0, trials: 1, score: 0 };
  const GAIN: Pair = [FAILED, PASSED];
  const LOSS: Pair = [PASSED, FAILED];
  /** As many clusters of these cases. */
  const times = (count: number, ...cases: Pair[]): Pair[][] => Array.from({ length: count }, () => cases);
  const scores = (before: number, after: number): Pair => [
    { ...PASSED, score: before },
    { ...PASSED, score: after },
  ];

  function wordOf(clusters: readonly (readonly Pair[])[], margin = 0.05): string {
    const tally = new SequentialTally(margin);
    for (const [at, pairs] of clusters.entries())
      tally.add(pairs.map((pair, index) => caseOf(`${at}-${index}`, `${at}`, pair)));
    return tally.word;
  }

  it('lets a missing answer stand for whatever would undo the word', () => {
    assert.equal(wordOf(times(40, GAIN)), 'better');
    assert.equal(
      wordOf([...times(40, GAIN), ...times(40, [FAILED, null])]),
      'better',
      'none could be a loss',
    );
    assert.equal(wordOf([...times(40, GAIN), ...times(40, [PASSED, null])]), 'undecided');
    assert.equal(wordOf(times(60, GAIN, [PASSED, null])), 'undecided', 'within one cluster as well');
    assert.equal(wordOf(times(40, LOSS)), 'worse');
    assert.equal(wordOf([...times(40, LOSS), ...times(40, [PASSED, null])]), 'worse', 'none could be a gain');
    assert.equal(wordOf([...times(40, LOSS), ...times(40, [FAILED, null])]), 'undecided');
  });

  it('needs eleven gains that are all there is, and more of what hardly differs', () => {
    assert.equal(wordOf(times(10, GAIN)), 'undecided');
    assert.equal(wordOf(times(11, GAIN)), 'better');
    assert.equal(wordOf(times(200, [PASSED, PASSED])), 'equivalent');
    assert.equal(wordOf(times(200, [PASSED, PASSED]), 0.02), 'undecided');
    assert.equal(wordOf([]), 'undecided');
  });

  it('takes the direction from the mean of the cases, and each cluster for one bet', () => {
    const losses = times(30, scores(1, 0.5));
    assert.equal(wordOf([...losses, Array.from({ length: 58 }, () => scores(0.5, 0.75))]), 'worse');
    assert.equal(wordOf([...losses, Array.from({ length: 62 }, () => scores(0.5, 0.75))]), 'undecided');
  });

  it('gives a metric no slack for another one whose mean does not differ', () => {
    // Ten gains have p = 0.035, which the other metric doubles, whatever its clusters say: its mean is 0.
    const gains = times(10, [
      { ...FAILED, score: 0.5 },
      { ...PASSED, score: 0.5 },
    ]);
    const losses = times(40, scores(1, 0.5));
    const level = [Array.from({ length: 80 }, () => scores(0.5, 0.75))];
    assert.equal(wordOf([...gains, ...losses, ...level]), 'undecided');
  });
});
