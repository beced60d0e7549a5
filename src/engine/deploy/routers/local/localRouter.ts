import { ARM_HEADER } from '../../../gateway/routes/routeToArm.ts';
import { canonicalJson } from '../../../model/json.ts';
import type { VersionConfig } from '../../../suites/deploying/deploymentConfig.ts';
import type { ArmConfig, ArmTarget } from '../../../suites/gateway/gatewayConfig.ts';
import type { Side, Version, Weights } from '../../sides.ts';
import { versionOf } from '../../versionOf.ts';
import type { AskedVersion, Observed, Pair, Readiness, Router } from '../router.ts';
import { RouterError } from '../routerError.ts';
import { armsOfPair, armTarget, orConfigured, type PairArms, weightsOf } from './armsOfPair.ts';
import { Programs, type ProgramsOptions, type ProgramVersion } from './programs.ts';
import type { RouteControl, RouteNow } from './routeControl.ts';
import { versionOfArm } from './versionOfArm.ts';
import { asRouterError, checkRelease, isProgram, versionReadiness } from './versionReadiness.ts';

export interface LocalRouterOptions extends ProgramsOptions {
  route: string;
  /** Of the deployment's configuration. */
  versions: readonly VersionConfig[];
  control: RouteControl;
}

/** How often it is looked whether requests have ended, in milliseconds. */
const LOOK_MS = 100;
/** A route that others change meanwhile is read again so often. */
const TRIES = 5;

/** Moves the traffic of a route of the gateway between releases, agents behind URLs, and agent programs that it starts. */
export class LocalRouter implements Router {
  readonly #options: LocalRouterOptions;
  readonly #programs: Programs;
  #recovered: Promise<void> | undefined;

  constructor(options: LocalRouterOptions) {
    this.#options = options;
    this.#programs = new Programs(options);
  }

  async describe(signal: AbortSignal): Promise<string> {
    const { endpoint } = await this.#read(signal);
    return `route ${this.#options.route} of the gateway at ${new URL(endpoint).host}`;
  }

  async current(signal: AbortSignal): Promise<Version | null> {
    await this.recover(signal);
    const { arms } = await this.#read(signal);
    const [arm, ...more] = arms.filter(({ weight }) => weight > 0);
    if (more.length > 0)
      throw new RouterError(`several targets share the traffic of the route "${this.#options.route}"`, {
        isTransient: false,
        remedy: 'Give one of them all the weight: touchstone gateway weights',
      });
    return arm ? asRouterError(() => versionOfArm(arm, this.#options, this.#programs.started)) : null;
  }

  async observe(pair: Pair, signal: AbortSignal): Promise<Observed> {
    await this.recover(signal);
    const now = await this.#read(signal);
    const arms = this.#armsOf(now, pair);
    const [blue, green] = await Promise.all([
      this.#readinessOf(pair.blue, arms.blue, now, signal),
      this.#readinessOf(pair.green, arms.green, now, signal),
    ]);
    return { weights: weightsOf(pair, arms), blue, green, drift: arms.drift };
  }

  async start(pair: Pair, signal: AbortSignal): Promise<void> {
    await this.recover(signal);
    const { green } = pair;
    checkRelease(green, this.#options.root);
    if (isProgram(green)) await this.#programs.start(green, signal);
    await this.#change(signal, (now) => {
      const arms = this.#armsOf(now, pair);
      if (arms.green) return now.arms;
      const target = this.#targetOf(green);
      const taken = now.arms.find(({ name }) => name === green.name);
      if (!target || (taken && !this.#isLeft(taken, now)))
        throw new RouterError(arms.drift[0] ?? `"${green.name}" was not started`, { isTransient: false });
      return [...now.arms.filter((arm) => arm !== taken), { name: green.name, weight: 0, target }];
    });
  }

  async setWeights(pair: Pair, weights: Weights, signal: AbortSignal): Promise<void> {
    checkSum(weights);
    await this.recover(signal);
    const now = await this.#read(signal);
    const before = this.#armsOf(now, pair);
    if (weights.green > (before.green?.weight ?? 0)) await this.#checkReady(pair.green, before, now, signal);

    await this.#change(signal, (latest) => {
      const { blue, green, drift } = this.#armsOf(latest, pair);
      const isMissing = (pair.blue && !blue && weights.blue > 0) || (!green && weights.green > 0);
      if (isMissing)
        throw new RouterError(drift[0] ?? `the route "${this.#options.route}" does not name both versions`, {
          isTransient: false,
          remedy: 'See what it names with: touchstone gateway status',
        });
      return latest.arms.map((arm) => {
        if (arm === blue) return { ...arm, weight: weights.blue };
        return arm === green ? { ...arm, weight: weights.green } : arm;
      });
    });
  }

  async stop(pair: Pair, side: Side, drainMs: number, signal: AbortSignal): Promise<void> {
    await this.recover(signal);
    const version = pair[side];
    if (!version) return;
    await this.#drain(pair, side, drainMs, signal);
    // What the file names stays in the route, without weight.
    await this.#change(signal, (now) => {
      const arm = this.#armsOf(now, pair)[side];
      const isOfFile = now.configured.some(({ name }) => name === arm?.name);
      return isOfFile ? now.arms : now.arms.filter((one) => one !== arm);
    });
    await this.#forgetOverruled(version, signal);
    if (isProgram(version)) await this.#programs.stop(version.name, signal);
  }

  async settle(pair: Pair, signal: AbortSignal): Promise<void> {
    await this.recover(signal);
    await this.#change(signal, (now) => {
      const { green, blue, others } = this.#armsOf(now, pair);
      if (!green || green.weight === 0 || (blue?.weight ?? 0) > 0)
        throw new RouterError(
          `"${pair.green.name}" does not get all the traffic of the route "${this.#options.route}"`,
          { isTransient: false },
        );
      return [...others, { ...green, weight: 100 }];
    });
  }

  async target(pair: Pair, side: Side, signal: AbortSignal): Promise<AskedVersion> {
    await this.recover(signal);
    const now = await this.#read(signal);
    const arm = this.#armsOf(now, pair)[side];
    if (!arm)
      throw new RouterError(`the route "${this.#options.route}" does not name the version to be asked`, {
        isTransient: true,
      });
    const headers = {
      authorization: `Bearer ${now.token}`,
      [ARM_HEADER]: `${this.#options.route}/${arm.name}`,
    };
    if (arm.target.kind === 'agent') return { kind: 'http', url: `${now.endpoint}${now.path}`, headers };
    const [pattern] = now.models ?? [];
    // The arm names its model itself; else it is the one that the route is for.
    const model =
      arm.target.kind === 'release' ? `release/${arm.target.release}` : (pattern ?? '').replaceAll('*', '');
    return { kind: 'model', baseUrl: `${now.endpoint}/v1`, model, headers };
  }

  /** Starts programs anew that have ended while nobody was watching, and leads their arms to them. */
  recover(signal: AbortSignal): Promise<void> {
    this.#recovered ??= this.#recover(signal).catch((error: unknown) => {
      this.#recovered = undefined;
      throw error;
    });
    return this.#recovered;
  }

  /** Programs go on. */
  async close(): Promise<void> {}

  async #recover(signal: AbortSignal): Promise<void> {
    const versions = asRouterError(() => programsOf(this.#options));
    for (const version of versions) {
      if (this.#programs.isLost(version)) await this.#programs.start(version, signal);
      const url = this.#programs.urlOf(version);
      if (url === undefined) continue;
      // What touchstone.yaml names leads where it says.
      await this.#change(signal, ({ arms, configured }) =>
        arms.map((arm) =>
          arm.name === version.name &&
          arm.target.kind === 'agent' &&
          arm.target.url !== url &&
          !configured.some(({ name }) => name === arm.name)
            ? { ...arm, target: { kind: 'agent', url } }
            : arm,
        ),
      );
    }
  }

  async #read(signal: AbortSignal): Promise<RouteNow> {
    return await this.#options.control.read(this.#options.route, signal);
  }

  /** Changes the arms; where somebody else is faster, once more from what there is then. */
  async #change(signal: AbortSignal, change: (now: RouteNow) => readonly ArmConfig[]): Promise<void> {
    const { control, route } = this.#options;
    for (let left = TRIES; ; left -= 1) {
      const now = await control.read(route, signal);
      const arms = change(now);
      const isChanged = arms.length !== now.arms.length || arms.some((arm, at) => arm !== now.arms[at]);
      if (!isChanged) return;
      try {
        await control.setArms(route, orConfigured(arms, now.configured), now.revision, signal);
        return;
      } catch (error) {
        if (left <= 1 || !(error instanceof RouterError && error.isTransient)) throw error;
      }
    }
  }

  /** Targets that touchstone.yaml overrules would hold again once it is as it was before, and lead to what is stopped. */
  async #forgetOverruled({ name }: Version, signal: AbortSignal): Promise<void> {
    const { control, route } = this.#options;
    const { arms, configured, overruled, revision } = await this.#read(signal);
    const leadsThere = overruled?.some((arm) => arm.name === name) ?? false;
    // Weights that somebody has set since are not taken away.
    if (leadsThere && canonicalJson(arms) === canonicalJson(configured))
      await control.setArms(route, null, revision, signal);
  }

  /** Weight first: what still gets requests is not ended. */
  async #drain(pair: Pair, side: Side, drainMs: number, signal: AbortSignal): Promise<void> {
    const { clock, route } = this.#options;
    const until = clock.monotonic() + drainMs;
    for (;;) {
      const now = await this.#read(signal);
      const arm = this.#armsOf(now, pair)[side];
      if (arm && arm.weight > 0)
        throw new RouterError(`"${arm.name}" still gets traffic of the route "${route}"`, {
          isTransient: false,
        });
      const inFlight = now.inFlight[pair[side]?.name ?? ''] ?? 0;
      if (inFlight === 0 || clock.monotonic() >= until) return;
      await clock.sleep(Math.min(LOOK_MS, drainMs), signal);
    }
  }

  async #checkReady(green: Version, arms: PairArms, now: RouteNow, signal: AbortSignal): Promise<void> {
    const readiness = await this.#readinessOf(green, arms.green, now, signal);
    if (readiness.state === 'ready' || readiness.state === 'draining') return;
    const why = 'reason' in readiness ? `: ${readiness.reason}` : '';
    throw new RouterError(`"${green.name}" gets no traffic, since it is not ready${why}`, {
      isTransient: readiness.state !== 'failing',
    });
  }

  async #readinessOf(
    version: Version | null,
    arm: ArmConfig | undefined,
    now: RouteNow,
    signal: AbortSignal,
  ): Promise<Readiness> {
    if (!version) return { state: 'absent' };
    const places = { root: this.#options.root, programs: this.#programs };
    const readiness = await versionReadiness(version, arm, places, signal);
    const inFlight = now.inFlight[version.name] ?? 0;
    const isDraining = readiness.state === 'ready' && (arm?.weight ?? 0) === 0 && inFlight > 0;
    return isDraining ? { state: 'draining', inFlight } : readiness;
  }

  #armsOf(now: RouteNow, pair: Pair): PairArms {
    return armsOfPair(this.#options.route, now, pair, (version) => this.#targetOf(version));
  }

  #targetOf(version: Version): ArmTarget | undefined {
    return armTarget(version, this.#programs.urlOf(version));
  }

  /** Of an attempt that was interrupted: an arm without weight that leads to a program of ours that is no more. */
  #isLeft({ weight, target, name }: ArmConfig, { configured }: RouteNow): boolean {
    const isOfFile = configured.some((arm) => arm.name === name);
    return weight === 0 && !isOfFile && target.kind === 'agent';
  }
}

function programsOf({ versions, root }: LocalRouterOptions): ProgramVersion[] {
  return versions.map(({ name, what }) => versionOf(name, what, root)).filter(isProgram);
}

function checkSum({ blue, green }: Weights): void {
  if (blue >= 0 && green >= 0 && Math.abs(blue + green - 100) < 1e-9) return;
  throw new RouterError(`weights of ${blue} and ${green} do not come to 100`, { isTransient: false });
}
