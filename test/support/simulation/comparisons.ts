import { absentSide } from '../../../src/engine/compare/pairs/caseSide.ts';
import type { CaseComparison, CaseSide } from '../../../src/engine/model/comparison.ts';
import type { Chance } from './chance.ts';

/** One side of a case: how many of its trials passed, and their mean score; null where all of them errored. */
export type SimulatedSide = { passed: number; trials: number; score: number; costUsd?: number } | null;

export type Pair = [baseline: SimulatedSide, candidate: SimulatedSide];

/** A world of agents, of which a dataset is drawn at random. */
export interface ComparisonWorld {
  name: string;
  clusters: number;
  /** The cases of one cluster. At an effect of 0 the sides are exchangeable; it moves the candidate. */
  cluster(chance: Chance, effect: number): Pair[];
}

export function drawCases(
  { clusters, cluster }: ComparisonWorld,
  chance: Chance,
  effect: number,
): CaseComparison[] {
  return Array.from({ length: clusters }, (_, at) =>
    cluster(chance, effect).map((pair, index) => caseOf(`${at}-${index}`, `${at}`, pair)),
  ).flat();
}

export function caseOf(caseId: string, cluster: string, [before, after]: Pair): CaseComparison {
  const [baseline, candidate] = [sideOf('before', before), sideOf('after', after)];
  return {
    caseId,
    caseIndex: 0,
    cluster,
    tags: [],
    baseline,
    candidate,
    passDifference: before && after ? (candidate.passShare ?? 0) - (baseline.passShare ?? 0) : null,
    scoreDifference: before && after ? after.score - before.score : null,
    change: before && after ? 'neutral' : 'unmeasured',
    sameOutput: false,
  };
}

function sideOf(target: string, side: SimulatedSide): CaseSide {
  const nothing = { tokens: null, latencyMs: null, reason: '', trial: 0, traceId: '' };
  if (!side) return absentSide(target, 1);
  const { passed, trials, score, costUsd = null } = side;
  const whole = { errored: 0, unmeasured: 0, unscored: 0 };
  return { target, trials, passed, ...whole, passShare: passed / trials, score, costUsd, ...nothing };
}

export interface Truth {
  pass: number;
  score: number;
}

/** The true differences of a world, from a sample so large that its error does not matter. */
export function truthOf(world: ComparisonWorld, chance: Chance, effect: number): Truth {
  const cases = drawCases({ ...world, clusters: 40_000 }, chance, effect);
  const mean = (key: 'passDifference' | 'scoreDifference') => {
    const known = cases.map((entry) => entry[key]).filter((value) => value !== null);
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  return { pass: mean('passDifference'), score: mean('scoreDifference') };
}

/** The effect at which a metric truly differs by `wanted`, by bisection; `chance` starts anew each time. */
export function effectFor(
  world: ComparisonWorld,
  chance: () => Chance,
  which: keyof Truth,
  wanted: number,
): number {
  let [low, high] = [-1, 1];
  for (let step = 0; step < 12; step += 1) {
    const middle = (low + high) / 2;
    if (truthOf(world, chance(), middle)[which] < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

function scored(score: number): SimulatedSide {
  return { passed: score >= 0.5 ? 1 : 0, trials: 1, score };
}

/** Scores pile up at 0 and 1, as those of evaluators do; half of the cases do not change at all. */
export function piledUp(clusters: number, perCluster = 1, shared = 0): ComparisonWorld {
  return {
    name: perCluster === 1 ? `${clusters} cases` : `${clusters * perCluster} cases in ${clusters} clusters`,
    clusters,
    cluster(chance, effect) {
      const [difficulty, turn, common] = [chance.normal(), chance.normal(), chance.happens(0.5)];
      const mix = (of: number) => Math.sqrt(shared) * of + Math.sqrt(1 - shared) * chance.normal();
      return Array.from({ length: perCluster }, (): Pair => {
        const level = 0.6 + 0.4 * mix(difficulty);
        const moves = chance.happens(shared) ? common : chance.happens(0.5);
        const change = moves ? 0.35 * mix(turn) : 0;
        // Exchangeable sides: each takes half of the change, in opposite directions.
        return [scored(clamp(level - change / 2)), scored(clamp(clamp(level + change / 2) + effect))];
      });
    },
  };
}

/**
 * One case in twenty changes by 0.9, all others by ±0.02. Without an effect either side may lose it; with one of at least
 * 0.045 it is always the same side, and the others make up the rest: the mean score differs by the effect exactly.
 */
export function rareChanges(clusters: number): ComparisonWorld {
  return {
    name: `${clusters} cases, rare large changes`,
    clusters,
    cluster(chance, effect) {
      const losing = effect === 0 ? chance.happens(0.5) : effect < 0;
      if (chance.happens(0.05)) return [losing ? [scored(0.95), scored(0.05)] : [scored(0.05), scored(0.95)]];
      const rest = effect === 0 ? 0 : (effect - Math.sign(effect) * 0.045) / 0.95;
      return [[scored(0.9), scored(0.9 + rest + (chance.happens(0.5) ? 0.02 : -0.02))]];
    },
  };
}

/** Differences with a long tail to the candidate's loss: most gain a little, some lose a lot. The effect is a shift. */
export function skewed(clusters: number): ComparisonWorld {
  return {
    name: `${clusters} cases, skewed`,
    clusters,
    cluster(chance, effect) {
      const loss = Math.min(0.75, -0.15 * Math.log(1 - chance.uniform()));
      const moved = 0.149 - loss;
      const up = effect === 0 && chance.happens(0.5);
      return [[scored(0.75), scored(clamp(0.75 + (up ? -moved : moved) + effect))]];
    },
  };
}

/** Several trials of each case, most of which always pass or always fail; a third of the cases is flaky on either side. */
export function severalTrials(clusters: number, trials: number): ComparisonWorld {
  return {
    name: `${clusters} cases of ${trials} trials`,
    clusters,
    cluster(chance, effect) {
      const steady = chance.happens(0.8) ? 0.98 : 0.05;
      const flaky = chance.uniform();
      const chances = chance.happens(1 / 3) ? [flaky, chance.uniform()] : [steady, steady];
      const side = (probability: number): SimulatedSide => {
        const passed = chance.successes(trials, clamp(probability));
        return { passed, trials, score: passed / trials };
      };
      return [[side(chances[0] ?? 0), side((chances[1] ?? 0) + effect)]];
    },
  };
}

/** Clusters of one to eight cases that change together: a change to a source makes or breaks all of its cases. */
export function wholeClusters(clusters: number): ComparisonWorld {
  return {
    name: `${clusters} unequal clusters that change wholly`,
    clusters,
    cluster(chance, effect) {
      const size = 1 + Math.floor(8 * chance.uniform() ** 2);
      const turn = chance.uniform();
      const [lost, won] = [turn < 0.08 - effect / 2, turn > 0.92 - effect / 2];
      return Array.from({ length: size }, (): Pair => {
        const level = chance.happens(0.75) ? 0.9 : 0.2;
        if (lost) return [scored(0.9), scored(0.2)];
        return won ? [scored(0.2), scored(0.9)] : [scored(level), scored(level)];
      });
    },
  };
}

/** One case in ten errors on a side, whatever it would have come to. */
export function withErrors(world: ComparisonWorld): ComparisonWorld {
  return {
    ...world,
    name: `${world.name}, one in ten without a result`,
    cluster: (chance, effect) =>
      world.cluster(chance, effect).map((pair): Pair => {
        if (!chance.happens(0.1)) return pair;
        return chance.happens(0.5) ? [null, pair[1]] : [pair[0], null];
      }),
  };
}

/** Both sides score alike but for noise of this standard deviation; a pass is a pass on both. The effect is a shift. */
export function noisyScores(clusters: number, deviation: number): ComparisonWorld {
  return {
    name: `${clusters} cases, scores ± ${deviation}`,
    clusters,
    cluster(chance, effect) {
      const score = 0.5 + effect + deviation * chance.normal();
      return [
        [
          { passed: 1, trials: 1, score: 0.5 },
          { passed: 1, trials: 1, score: clamp(score) },
        ],
      ];
    },
  };
}

/** A quarter of the pairs differ, or as many as the effect needs; scores are passes. */
export function passPairs(clusters: number, discordant = 0.25): ComparisonWorld {
  return {
    name: `${clusters} cases, a quarter of which change`,
    clusters,
    cluster(chance, effect) {
      const share = Math.max(discordant, Math.abs(effect));
      const turn = chance.uniform();
      const [up, down] = [(share + effect) / 2, (share - effect) / 2];
      if (turn < up) return [[scored(0), scored(1)]];
      if (turn < up + down) return [[scored(1), scored(0)]];
      const same = chance.happens(0.7) ? 1 : 0;
      return [[scored(same), scored(same)]];
    },
  };
}

/** The baseline always passes a case or always fails it; the candidate wavers, around the same pass rate. */
export function wavering(clusters: number, trials: number, rate: number): ComparisonWorld {
  const side = (passed: number): SimulatedSide => ({ passed, trials, score: passed / trials });
  return {
    name: `${clusters} cases of ${trials} trials, one side steady and one wavering`,
    clusters,
    cluster(chance, effect) {
      const steady = chance.happens(rate) ? trials : 0;
      return [[side(steady), side(chance.successes(trials, clamp(rate + effect)))]];
    },
  };
}

/** One cluster in ten has four cases and may gain them all; the others have one and may lose it, as many in all. */
export function largeGainSmallLose(clusters: number): ComparisonWorld {
  return {
    name: `${clusters} clusters, of which large ones gain and small ones lose`,
    clusters,
    cluster(chance, effect) {
      const large = chance.happens(0.1);
      const turns = chance.happens(large ? 0.27 : clamp(0.12 - 1.44 * effect));
      if (large)
        return Array.from(
          { length: 4 },
          (): Pair => (turns ? [scored(0), scored(1)] : [scored(1), scored(1)]),
        );
      return [turns ? [scored(1), scored(0)] : [scored(1), scored(1)]];
    },
  };
}

/** What cases cost lies far apart, and the candidate costs a fifth more than the baseline in each, or nearly so. */
export function longTailed(clusters: number): ComparisonWorld {
  const side = (costUsd: number): SimulatedSide => ({ passed: 1, trials: 1, score: 1, costUsd });
  return {
    name: `${clusters} cases, costs with a long tail`,
    clusters,
    cluster(chance) {
      const cost = Math.exp(chance.normal());
      // Of mean 1.
      const noise = Math.exp(0.2 * chance.normal() - 0.02);
      return [[side(cost), side(1.2 * cost * noise)]];
    },
  };
}
