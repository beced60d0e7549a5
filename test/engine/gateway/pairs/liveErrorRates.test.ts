import assert from 'node:assert/strict';
import { LiveVerdict } from '../../../../src/engine/compare/live/liveVerdict.ts';
import { CLUSTER_WINDOW } from '../../../../src/engine/compare/live/pairOrder.ts';
import { Chance } from '../../../support/simulation/chance.ts';
import {
  type ComparisonWorld,
  drawCases,
  piledUp,
  rareChanges,
  skewed,
  wholeClusters,
  withErrors,
} from '../../../support/simulation/comparisons.ts';

const MARGIN = 0.05;
const ROUNDS = 200;
/** Of 200 rounds at 5 %, more than this many has a probability below 0.1 %. */
const MOST = 21;

/** Requests as they come: sessions begin one after the other, and their turns fall between those of others. */
function requests(world: ComparisonWorld, chance: Chance, effect: number) {
  const cases = drawCases(world, chance, effect);
  const sessions = new Map<string, number>();
  return cases
    .map((compared) => {
      const session = compared.cluster ?? compared.caseId;
      const begun = sessions.get(session) ?? sessions.size;
      sessions.set(session, begun);
      return { compared, at: begun + 12 * chance.uniform() };
    })
    .sort((a, b) => a.at - b.at)
    .map(({ compared }, position) => ({ position, compared, same: false }));
}

/** The word at which a comparison of such requests ends, looked at after every pair; pairs come in the order of their candidates. */
function ended(world: ComparisonWorld, chance: Chance, effect: number) {
  const verdict = new LiveVerdict({ margin: MARGIN, same: false });
  const late = requests(world, chance, effect)
    .map((pair) => ({ pair, at: pair.position + 20 * chance.uniform() }))
    .sort((a, b) => a.at - b.at);
  for (const { pair } of late) verdict.add(pair);
  for (let at = 0; at < CLUSTER_WINDOW; at += 1) verdict.skip(late.length + at);
  return verdict.word;
}

function share(world: ComparisonWorld, effect: number, isCounted: (word: string) => boolean): number {
  let count = 0;
  for (let round = 0; round < ROUNDS; round += 1)
    if (isCounted(ended(world, new Chance(1_000 + round), effect))) count += 1;
  return count;
}

describe('error rates of the verdict on live pairs', function () {
  this.timeout(300_000);

  const worlds = [
    piledUp(100),
    piledUp(40, 3, 0.7),
    skewed(100),
    rareChanges(100),
    wholeClusters(60),
    withErrors(piledUp(100)),
  ];
  for (const world of worlds)
    it(`calls no difference better or worse in at most 5 % of all comparisons: ${world.name}`, () => {
      const wrong = share(world, 0, (word) => ['better', 'worse', 'mixed'].includes(word));
      assert.ok(wrong <= MOST, `${wrong} of ${ROUNDS}`);
    });

  it('finds a plain gain, with sessions as well', () => {
    assert.ok(share(piledUp(150), 0.3, (word) => word === 'better') > 0.9 * ROUNDS);
    assert.ok(share(piledUp(80, 3, 0.5), 0.3, (word) => word === 'better') > 0.9 * ROUNDS);
  });
});
