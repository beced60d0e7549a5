import type { Sample } from '../../../src/engine/deploy/evidence/sample.ts';
import { judgeStep } from '../../../src/engine/deploy/judge/judgeStep.ts';
import type { Side } from '../../../src/engine/deploy/sides.ts';
import type { GatePolicy } from '../../../src/engine/model/gatePolicy.ts';
import type { DeploymentConfig } from '../../../src/engine/suites/deploying/deploymentConfig.ts';
import type { Chance } from '../simulation/chance.ts';
import { STEP_MS, sample } from './judgedSamples.ts';

/** Answers of both versions, as chance makes them. */
export interface DeployedWorld {
  name: string;
  config: DeploymentConfig;
  gate?: GatePolicy;
  /** Of green, in a step; blue has what the weights leave for it, at most ten times as many. */
  perStep: number;
  draw(chance: Chance, side: Side): Partial<Sample>;
  /** Requests of a session; 1 where absent. */
  session?: number;
}

/** Looks within a hold. */
const LOOKS = 4;

export type DeployedEnding = 'promoted' | 'rolled back' | 'paused';

/** One deployment, step by step, as its judge decides. */
export function deployOnce(world: DeployedWorld, chance: Chance): DeployedEnding {
  let before: Sample[] = [];
  for (const [index, { weight }] of world.config.policy.steps.entries()) {
    const green = drawn(world, chance, 'green', world.perStep);
    const blue =
      weight >= 100
        ? before.map((one) => ({ ...one, atMs: -1 }))
        : drawn(
            world,
            chance,
            'blue',
            Math.min(10 * world.perStep, Math.round((world.perStep * (100 - weight)) / weight)),
          );
    before = blue;

    const status = watched(world, index, [...green, ...blue]);
    if (status === 'fail') return 'rolled back';
    if (status === 'undecided') return 'paused';
  }
  return 'promoted';
}

function watched({ config, gate }: DeployedWorld, index: number, samples: readonly Sample[]) {
  const step = { index, sinceMs: 0, untilMs: STEP_MS, hasBlue: true };
  let status = 'undecided';
  for (let look = 1; look <= LOOKS; look += 1) {
    const nowMs = (STEP_MS * look) / LOOKS;
    const seen = samples.filter(({ atMs }) => atMs <= nowMs);
    // Its size is bounded here, so that the division of the traffic is not what is looked at.
    const evidence = {
      samples: seen.map((one) => ({ ...one, source: 'shadow' as const })),
      figures: [],
      problems: [],
    };
    ({ status } = judgeStep(config, gate, step, evidence, nowMs));
    if (status === 'fail') return status;
  }
  return status;
}

function drawn({ draw, session = 1 }: DeployedWorld, chance: Chance, side: Side, n: number): Sample[] {
  return Array.from({ length: n }, (_, at) =>
    sample(side, {
      atMs: 1 + Math.floor((STEP_MS * at) / n),
      ...draw(chance, side),
      cluster: session === 1 ? null : `${side} ${Math.floor(at / session)}`,
    }),
  );
}
