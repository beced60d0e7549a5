import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { readText } from '../../files/readText.ts';
import { replaceFile } from '../../files/replaceFile.ts';
import { canonicalJson } from '../../model/json.ts';
import type { Random } from '../../ports.ts';
import { makeFolder, refuseLinks } from '../../store/storeFile.ts';
import type { ArmConfig, RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import { checkArms, checkWeights } from './armChecks.ts';

type Weights = { readonly [arm: string]: number };

const weightsFile = z.record(z.string(), z.number().min(0));

const armsFile = z
  .array(
    z.strictObject({
      name: z.string(),
      weight: z.number().min(0),
      target: z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('provider'),
          provider: z.string(),
          model: z.string().exactOptional(),
        }),
        z.strictObject({ kind: z.literal('release'), release: z.string() }),
        z.strictObject({ kind: z.literal('agent'), url: z.string() }),
      ]),
    }),
  )
  .min(1);

const routesFile = z.record(
  z.string(),
  z.strictObject({
    weights: weightsFile,
    /** Those of touchstone.yaml when they were set. */
    configured: weightsFile,
  }),
);

const fileSchema = z.discriminatedUnion('version', [
  z.strictObject({ version: z.literal(1), routes: routesFile }),
  z.strictObject({
    version: z.literal(2),
    routes: routesFile,
    /** Targets that a deployment has set. */
    arms: z.record(z.string(), z.strictObject({ arms: armsFile, configured: armsFile })),
  }),
]);

type Entries = Pick<Extract<z.output<typeof fileSchema>, { version: 2 }>, 'routes' | 'arms'>;

/** What holds for a route, found once for each change. */
interface Found {
  arms: readonly ArmConfig[];
  from: 'configuration' | 'weights' | 'deployment';
}

/**
 * Weights and targets that were set while the gateway ran, in `.touchstone/gateway-weights.json`: they hold over restarts, until somebody
 * changes the weights or the targets of the route in touchstone.yaml, which is the later word then. One process writes it.
 */
export class WeightFile {
  readonly #file: string;
  readonly #random: Random;
  #entries: Entries = { routes: {}, arms: {} };
  #found = new WeakMap<RouteConfig, Found>();
  #problem: string | null = null;

  constructor(root: string, random: Random) {
    this.#file = path.join(root, '.touchstone', 'gateway-weights.json');
    this.#random = random;
    try {
      if (existsSync(this.#file)) this.#entries = this.#read();
    } catch (error) {
      this.#problem = `weights that were set are lost, because ${this.#file} cannot be read: ${reasonOf(error)}`;
    }
  }

  /** Why what was set before is not known; null where it is. */
  get problem(): string | null {
    return this.#problem;
  }

  /** The targets of a route with the weights that hold now. */
  armsOf(route: RouteConfig): readonly ArmConfig[] {
    return this.#find(route).arms;
  }

  /** Whether weights or targets that were set hold in place of those of touchstone.yaml. */
  isSet(route: RouteConfig): boolean {
    return this.#find(route).from !== 'configuration';
  }

  /** Whether the targets themselves are a deployment's. */
  isDeployed(route: RouteConfig): boolean {
    return this.#find(route).from === 'deployment';
  }

  /** Targets of a deployment that no longer hold, since those of touchstone.yaml were changed; null where there are none. */
  overruled(route: RouteConfig): readonly ArmConfig[] | null {
    const entry = own(this.#entries.arms, route.name);
    return entry && !this.isDeployed(route) ? asArms(entry.arms) : null;
  }

  /**
   * Sets weights; targets that are not named keep theirs. They are on the disk, and read back, when it returns. Throws UserError for a
   * target that does not exist, a weight that is none, and a file that cannot be written; then nothing has changed.
   */
  set(route: RouteConfig, weights: Weights): readonly ArmConfig[] {
    const before = this.armsOf(route);
    checkWeights(route.name, before, weights);
    const whole = { ...weightsOf(before), ...weights };
    if (this.isDeployed(route))
      return this.setArms(
        route,
        before.map((arm) => ({ ...arm, weight: whole[arm.name] ?? arm.weight })),
      );

    const { routes, arms } = this.#entries;
    const entry = { weights: whole, configured: weightsOf(route.arms) };
    this.#write({ routes: { ...routes, [route.name]: entry }, arms });
    return this.armsOf(route);
  }

  /** Sets the targets themselves, with their weights. Throws UserError as `set` does. */
  setArms(route: RouteConfig, given: readonly ArmConfig[]): readonly ArmConfig[] {
    checkArms(route.name, given);
    const { routes, arms } = this.#entries;
    const entry = { arms: given.map(plainArm), configured: route.arms.map(plainArm) };
    this.#write({ routes: without(routes, route.name), arms: { ...arms, [route.name]: entry } });
    return this.armsOf(route);
  }

  /** Those of touchstone.yaml hold again. */
  clear({ name, arms }: RouteConfig): readonly ArmConfig[] {
    this.#write({ routes: without(this.#entries.routes, name), arms: without(this.#entries.arms, name) });
    return arms;
  }

  #find(route: RouteConfig): Found {
    const known = this.#found.get(route);
    if (known) return known;

    const found = this.#foundAnew(route);
    this.#found.set(route, found);
    return found;
  }

  #foundAnew({ name, arms }: RouteConfig): Found {
    const deployed = own(this.#entries.arms, name);
    if (deployed && isSame(deployed.configured, arms.map(plainArm)))
      return { arms: asArms(deployed.arms), from: 'deployment' };

    const set = own(this.#entries.routes, name);
    if (!set || !isSame(set.configured, weightsOf(arms))) return { arms, from: 'configuration' };
    return {
      arms: arms.map((arm) => ({ ...arm, weight: set.weights[arm.name] ?? arm.weight })),
      from: 'weights',
    };
  }

  #read(): Entries {
    refuseLinks(this.#file);
    const file = fileSchema.parse(parseUntrustedJson(readText(this.#file)));
    return { routes: file.routes, arms: file.version === 1 ? {} : file.arms };
  }

  #write(entries: Entries): void {
    const { routes, arms } = entries;
    const file = Object.keys(arms).length > 0 ? { version: 2, routes, arms } : { version: 1, routes };
    try {
      makeFolder(path.dirname(this.#file));
      refuseLinks(this.#file);
      replaceFile(this.#file, `${JSON.stringify(file, null, 2)}\n`, 0o600, this.#random);
      const written = this.#read();
      if (!isSame(written, entries)) throw new Error('another process writes it, too');

      this.#entries = written;
      this.#found = new WeakMap();
      this.#problem = null;
    } catch (error) {
      throw new UserError(`the weights were not set: ${reasonOf(error)}`, {
        where: { path: this.#file },
        remedy: 'Check that the folder exists and is writable.',
        cause: error,
      });
    }
  }
}

function weightsOf(arms: readonly ArmConfig[]): Weights {
  return Object.fromEntries(arms.map(({ name, weight }) => [name, weight]));
}

/** As it is written and compared. */
function plainArm({ name, weight, target }: ArmConfig): ArmConfig {
  return { name, weight, target };
}

/** Checked by the schema, which says of the targets all that their type does. */
function asArms(arms: z.output<typeof armsFile>): ArmConfig[] {
  return arms;
}

function own<T>(entries: { [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

function without<T>(entries: { [name: string]: T }, name: string): { [name: string]: T } {
  const { [name]: _left, ...others } = entries;
  return others;
}

function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return 'it is not a file of weights';
  return error instanceof Error ? error.message : String(error);
}
