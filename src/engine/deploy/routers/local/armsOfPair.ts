import { canonicalJson } from '../../../model/json.ts';
import { readTarget, targetText } from '../../../suites/gateway/armTarget.ts';
import type { ArmConfig, ArmTarget } from '../../../suites/gateway/gatewayConfig.ts';
import type { Side, Version, Weights } from '../../sides.ts';
import type { Pair } from '../router.ts';
import { RouterError } from '../routerError.ts';
import type { RouteNow } from './routeControl.ts';

/** What the arm of a version leads to; undefined for a program that was not started. Throws RouterError for what only a cluster runs. */
export function armTarget(
  { name, target }: Version,
  urlOfProgram: string | undefined,
): ArmTarget | undefined {
  switch (target.kind) {
    case 'release':
      return { kind: 'release', release: target.release };
    case 'model':
      return readTarget(target.model);
    case 'url':
      return { kind: 'agent', url: target.url };
    case 'program':
      return urlOfProgram === undefined ? undefined : { kind: 'agent', url: urlOfProgram };
    case 'image':
      throw new RouterError(`the gateway cannot run "${name}", which is a container image`, {
        isTransient: false,
        remedy: 'Name a release, a command or a url, or deploy to Kubernetes.',
      });
  }
}

/** The arms of both versions among those of a route, each only where it leads to what the version is. */
export interface PairArms {
  blue: ArmConfig | undefined;
  green: ArmConfig | undefined;
  others: readonly ArmConfig[];
  /** What somebody else has changed, in sentences. */
  drift: readonly string[];
}

export function armsOfPair(
  route: string,
  now: Pick<RouteNow, 'arms' | 'overruled'>,
  pair: Pair,
  targetOf: (version: Version) => ArmTarget | undefined,
): PairArms {
  const drift: string[] = [];
  const armOf = (side: Side): ArmConfig | undefined => {
    const version = pair[side];
    const arm = now.arms.find(({ name }) => name === version?.name);
    if (!version || !arm) return undefined;
    const target = targetOf(version);
    if (target && canonicalJson(arm.target) === canonicalJson(target)) return arm;
    const meant = target ? targetText(target) : 'a program that was not started';
    drift.push(`"${arm.name}" of the route "${route}" leads to ${targetText(arm.target)}, not to ${meant}`);
    return undefined;
  };

  const arms = { blue: armOf('blue'), green: armOf('green') };
  const others = now.arms.filter(({ name }) => name !== pair.blue?.name && name !== pair.green.name);
  for (const { name, weight } of others)
    if (weight > 0) drift.push(`"${name}" of the route "${route}" gets traffic, too`);
  if (now.overruled?.some(({ name }) => name === pair.green.name))
    drift.push(
      `somebody has changed the targets of the route "${route}" in touchstone.yaml, which hold in place of the deployment's`,
    );
  return { ...arms, others, drift };
}

/** Percent of what both get together; null where the route does not name both. */
export function weightsOf(pair: Pair, { blue, green }: PairArms): Weights | null {
  if (!green || (pair.blue && !blue)) return null;
  // Whoever replaces nothing gets all there is.
  if (!blue) return { blue: 100 - green.weight, green: green.weight };
  const sum = blue.weight + green.weight;
  if (sum === 0 || Math.abs(sum - 100) < 1e-9) return { blue: blue.weight, green: green.weight };
  const share = (100 * green.weight) / sum;
  return { blue: 100 - share, green: share };
}

/** Null where these arms are what touchstone.yaml says already: the same shares for the same targets. */
export function orConfigured(
  arms: readonly ArmConfig[],
  configured: readonly ArmConfig[],
): readonly ArmConfig[] | null {
  const shares = (all: readonly ArmConfig[]) => {
    const sum = all.reduce((so, { weight }) => so + weight, 0) || 1;
    const sorted = [...all].sort((one, other) => (one.name < other.name ? -1 : 1));
    return canonicalJson(sorted.map(({ name, weight, target }) => ({ name, target, share: weight / sum })));
  };
  return shares(arms) === shares(configured) ? null : arms;
}
