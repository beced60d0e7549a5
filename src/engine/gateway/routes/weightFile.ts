import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { UsageError, UserError } from '../../errors.ts';
import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { readText } from '../../files/readText.ts';
import { replaceFile } from '../../files/replaceFile.ts';
import { canonicalJson } from '../../model/json.ts';
import type { Random } from '../../ports.ts';
import { makeFolder, refuseLinks } from '../../store/storeFile.ts';
import type { ArmConfig, RouteConfig } from '../../suites/gateway/gatewayConfig.ts';

type Weights = { readonly [arm: string]: number };

const weightsFile = z.record(z.string(), z.number().min(0));

const fileSchema = z.strictObject({
  version: z.literal(1),
  routes: z.record(
    z.string(),
    z.strictObject({
      weights: weightsFile,
      /** Those of touchstone.yaml when they were set. */
      configured: weightsFile,
    }),
  ),
});

type WeightEntries = z.output<typeof fileSchema>['routes'];

/**
 * Weights that were set while the gateway ran, in `.touchstone/gateway-weights.json`: they hold over restarts, until somebody changes
 * the weights or the targets of the route in touchstone.yaml, which is the later word then. One process writes it.
 */
export class WeightFile {
  readonly #file: string;
  readonly #random: Random;
  #entries: WeightEntries = {};
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
    const set = this.#setFor(route);
    return set ? route.arms.map((arm) => ({ ...arm, weight: set[arm.name] ?? arm.weight })) : route.arms;
  }

  /** Whether weights that were set hold in place of those of touchstone.yaml. */
  isSet(route: RouteConfig): boolean {
    return this.#setFor(route) !== undefined;
  }

  /**
   * Sets weights; targets that are not named keep theirs. They are on the disk, and read back, when it returns. Throws UserError for a
   * target that does not exist, a weight that is none, and a file that cannot be written; then nothing has changed.
   */
  set(route: RouteConfig, weights: Weights): readonly ArmConfig[] {
    checkWeights(route, weights);
    const whole = { ...weightsOf(this.armsOf(route)), ...weights };
    const entries = { ...this.#entries, [route.name]: { weights: whole, configured: weightsOf(route.arms) } };
    this.#write(entries);
    return this.armsOf(route);
  }

  /** Those of touchstone.yaml hold again. */
  clear(route: RouteConfig): readonly ArmConfig[] {
    const { [route.name]: _cleared, ...entries } = this.#entries;
    this.#write(entries);
    return route.arms;
  }

  #setFor({ name, arms }: RouteConfig): Weights | undefined {
    const entry = Object.hasOwn(this.#entries, name) ? this.#entries[name] : undefined;
    const isCurrent = entry && canonicalJson(entry.configured) === canonicalJson(weightsOf(arms));
    return isCurrent ? entry.weights : undefined;
  }

  #read(): WeightEntries {
    refuseLinks(this.#file);
    return fileSchema.parse(parseUntrustedJson(readText(this.#file))).routes;
  }

  #write(entries: WeightEntries): void {
    try {
      makeFolder(path.dirname(this.#file));
      refuseLinks(this.#file);
      replaceFile(
        this.#file,
        `${JSON.stringify({ version: 1, routes: entries }, null, 2)}\n`,
        0o600,
        this.#random,
      );
      const written = this.#read();
      if (canonicalJson(written) !== canonicalJson(entries))
        throw new Error('another process writes it, too');
      this.#entries = written;
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

function checkWeights({ name, arms }: RouteConfig, weights: Weights): void {
  const known = arms.map((arm) => arm.name);
  for (const [arm, weight] of Object.entries(weights)) {
    if (!known.includes(arm))
      throw new UsageError(`the route "${name}" has no target "${arm}"`, {
        remedy: `Use one of: ${known.join(', ')}.`,
      });
    if (!Number.isFinite(weight) || weight < 0)
      throw new UsageError(`the weight of "${arm}" is ${weight}; expected a number from 0`, {
        remedy: 'Weights are proportions, such as 90 and 10.',
      });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return 'it is not a file of weights';
  return error instanceof Error ? error.message : String(error);
}
