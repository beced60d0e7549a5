import { UsageError } from '../../errors.ts';
import type { ArmConfig } from '../../suites/gateway/gatewayConfig.ts';

/** Throws UsageError for a target that the route does not have, and a weight that is none. */
export function checkWeights(
  route: string,
  arms: readonly ArmConfig[],
  weights: { readonly [arm: string]: number },
): void {
  const known = arms.map((arm) => arm.name);
  for (const [arm, weight] of Object.entries(weights)) {
    if (!known.includes(arm))
      throw new UsageError(`the route "${route}" has no target "${arm}"`, {
        remedy: `Use one of: ${known.join(', ')}.`,
      });
    checkWeight(arm, weight);
  }
}

/** Throws UsageError for targets that no route could have. */
export function checkArms(route: string, arms: readonly ArmConfig[]): void {
  if (arms.length === 0) throw new UsageError(`the route "${route}" needs at least one target`);
  for (const { name, weight } of arms) checkWeight(name, weight);

  const names = arms.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new UsageError(`the route "${route}" has two targets "${twice}"`);
}

function checkWeight(arm: string, weight: number): void {
  if (Number.isFinite(weight) && weight >= 0) return;
  throw new UsageError(`the weight of "${arm}" is ${weight}; expected a number from 0`, {
    remedy: 'Weights are proportions, such as 90 and 10.',
  });
}
