// How often a deployment ends wrongly, by simulation: all steps, several looks at each. ROUNDS=100 for a quick look.

import { EQUAL, WORSE } from '../support/deploy/deployedWorlds.ts';
import { type DeployedEnding, type DeployedWorld, deployOnce } from '../support/deploy/judgedWorlds.ts';
import { Chance } from '../support/simulation/chance.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 400);
const MOST = 0.05;

let broken = 0;
for (const world of EQUAL) report(world, 'rolled back');
for (const world of WORSE) report(world, 'promoted');
if (broken > 0) process.exitCode = 1;

/** A bound holds where the estimate is at most two standard errors of the simulation above it. */
function report(world: DeployedWorld, wrong: DeployedEnding): void {
  const endings = { promoted: 0, 'rolled back': 0, paused: 0 };
  for (let round = 0; round < ROUNDS; round += 1) endings[deployOnce(world, new Chance(1 + round))] += 1;

  const share = endings[wrong] / ROUNDS;
  const isFine = share <= MOST + 2 * Math.sqrt((MOST * (1 - MOST)) / ROUNDS);
  if (!isFine) broken += 1;
  const told = Object.entries(endings).map(
    ([ending, count]) => `${ending} ${((100 * count) / ROUNDS).toFixed(1)} %`,
  );
  console.log(`${isFine ? 'ok  ' : 'HIGH'} ${world.name.padEnd(32)} ${told.join(', ')}`);
}
