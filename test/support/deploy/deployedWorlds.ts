import type { Chance } from '../simulation/chance.ts';
import { deploymentWith } from './judgedSamples.ts';
import type { DeployedWorld } from './judgedWorlds.ts';

const QUALITY = { undecided: 'fail', nonInferiorityMargin: 0.1 } as const;
const COST = { undecided: 'fail', maxCostIncrease: 0.2 } as const;
const UNSHARED = { share: 0 };

function steps(weights: readonly number[], minSamples = 30) {
  return deploymentWith({ steps: weights.map((weight) => ({ weight, holdMs: 600_000, minSamples })) }).policy
    .steps;
}

const errors = (rate: number) => (chance: Chance) => ({ isError: chance.happens(rate) });
const skewed = (median: number, spread: number) => (chance: Chance) =>
  median * Math.exp(spread * chance.normal());
const judgedAs = (chance: Chance, rate: number) => {
  const passed = chance.happens(rate);
  return { quality: { passed, score: passed ? 0.7 + 0.3 * chance.uniform() : 0.5 * chance.uniform() } };
};

/** Green is like blue. */
export const EQUAL: readonly DeployedWorld[] = [
  { name: 'errors 3 %', config: deploymentWith(), perStep: 200, draw: errors(0.03) },
  { name: 'errors 3 %, few', config: deploymentWith(), perStep: 30, draw: errors(0.03) },
  {
    name: 'errors 40 %',
    config: deploymentWith({}, { maxErrorIncrease: 0 }),
    perStep: 200,
    draw: errors(0.4),
  },
  { name: 'no errors, few', config: deploymentWith(), perStep: 30, draw: () => ({}) },
  {
    name: 'quality',
    config: deploymentWith(),
    gate: QUALITY,
    perStep: 150,
    draw: (chance) => judgedAs(chance, 0.8),
  },
  {
    name: 'quality in sessions of 10',
    ...{ config: deploymentWith(), gate: QUALITY, perStep: 300, session: 10 },
    draw: sessions((chance, mood) => judgedAs(chance, mood)),
  },
  {
    name: 'skewed costs',
    ...{ config: deploymentWith({}, UNSHARED), gate: { ...COST, maxCostIncrease: 0 }, perStep: 60 },
    draw: (chance) => ({ costUsd: skewed(0.01, 1.5)(chance) }),
  },
  {
    name: 'skewed latencies',
    ...{ config: deploymentWith({}, { maxLatencyIncrease: 0 }), perStep: 200 },
    draw: (chance) => ({ latencyMs: skewed(800, 1.2)(chance) }),
  },
];

/** Green is worse by the margin. */
export const WORSE: readonly DeployedWorld[] = [
  { name: 'errors +2 %', config: deploymentWith(), perStep: 200, draw: worse(errors(0.05), errors(0.03)) },
  {
    name: 'errors +2 % on none, few',
    config: deploymentWith(),
    perStep: 30,
    draw: worse(errors(0.02), () => ({})),
  },
  {
    name: 'errors +2 %, two steps',
    ...{ config: deploymentWith({ steps: steps([10, 100]) }), perStep: 300 },
    draw: worse(errors(0.03), errors(0.01)),
  },
  {
    name: 'errors +20 %, ten samples',
    ...{
      config: deploymentWith({ steps: steps([1, 10, 25, 50, 75, 100], 10) }, { maxErrorIncrease: 0.2 }),
      perStep: 10,
    },
    draw: worse(errors(0.3), errors(0.1)),
  },
  {
    name: 'quality −10 %',
    ...{ config: deploymentWith(), gate: QUALITY, perStep: 150 },
    draw: worse(
      (chance) => judgedAs(chance, 0.7),
      (chance) => judgedAs(chance, 0.8),
    ),
  },
  {
    name: 'costs +20 %, skewed',
    ...{ config: deploymentWith({}, UNSHARED), gate: COST, perStep: 60 },
    draw: worse(
      (chance) => ({ costUsd: skewed(0.012, 1)(chance) }),
      (chance) => ({ costUsd: skewed(0.01, 1)(chance) }),
    ),
  },
  {
    name: 'costs +20 %, very skewed, few',
    ...{ config: deploymentWith({}, UNSHARED), gate: COST, perStep: 30 },
    draw: worse(
      (chance) => ({ costUsd: skewed(0.012, 1.5)(chance) }),
      (chance) => ({ costUsd: skewed(0.01, 1.5)(chance) }),
    ),
  },
  {
    name: 'p95 +25 %',
    ...{ config: deploymentWith({}, { maxLatencyIncrease: 0.25 }), perStep: 200 },
    draw: worse(
      (chance) => ({ latencyMs: skewed(1000, 1)(chance) }),
      (chance) => ({ latencyMs: skewed(800, 1)(chance) }),
    ),
  },
  {
    name: 'errors +2 %, extended',
    ...{ config: deploymentWith({ undecided: 'extend' }), perStep: 300 },
    draw: worse(errors(0.03), errors(0.01)),
  },
];

function worse(green: DeployedWorld['draw'], blue: DeployedWorld['draw']): DeployedWorld['draw'] {
  return (chance, side) => (side === 'green' ? green : blue)(chance, side);
}

/** Every ten answers share how well they go. */
function sessions(
  of: (chance: Chance, mood: number) => ReturnType<DeployedWorld['draw']>,
): DeployedWorld['draw'] {
  let left = 0;
  let mood = 0;
  return (chance) => {
    if (left === 0) [left, mood] = [10, chance.happens(0.8) ? 0.95 : 0.2];
    left -= 1;
    return of(chance, mood);
  };
}
