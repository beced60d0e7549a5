import { UserError } from '../engine/errors.ts';
import type { GatewayStatus } from '../engine/gateway/gatewayStatus.ts';
import type { RouteArms } from '../engine/gateway/routes/routeArms.ts';
import type { LocalServer } from '../engine/http/server/serverShell.ts';
import type { Clock, Environment, Random, Secrets } from '../engine/ports.ts';
import type { ArmConfig, ShadowConfig } from '../engine/suites/gateway/gatewayConfig.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import type { GatewayState, GivenKey } from '../protocol/gatewayEntries.ts';
import type { GatewayStart, GatewayWeights, ShadowStart } from '../protocol/gatewayParams.ts';
import { type InsteadOf, startAt } from './chosenPort.ts';
import type { ConfigurationFile, ConfigurationReader } from './configurationFile.ts';
import { GatewayKeys } from './gatewayKeys.ts';
import { answersAnthropic, keysOf, withoutFile } from './gatewayProviders.ts';
import { claimPort, releasePort } from './portClaims.ts';

/** Beside that of OTLP. */
export const USUAL_GATEWAY_PORT = 4320;
/** How often it is looked whether touchstone.yaml has changed, in milliseconds. */
const LOOK_MS = 1_000;
/** How long requests under way may take once it is switched off, in milliseconds. */
const GRACE_MS = 5_000;

/** The engine's gateway with its shadows, ready to serve. */
export interface OpenedGateway {
  readonly status: GatewayStatus;
  /** What the configuration says from now on. Throws UserErrors for what cannot be used: what it said before holds. */
  use(workspace: Workspace): Promise<void> | void;
  /** Rejects with ServerError where it cannot listen there. */
  serve(at: { port: number; token: string }): Promise<LocalServer>;
  /** Null: those of the configuration. Throws UserErrors. */
  setWeights(route: string, weights: { readonly [arm: string]: number } | null): Promise<void> | void;
  /** Throws UserErrors. */
  armsOf(route: string): Promise<RouteArms> | RouteArms;
  /** Null: those of the configuration. Undefined where the route is not as it was at `revision`. Throws UserErrors. */
  setArms(
    route: string,
    arms: readonly ArmConfig[] | null,
    revision: string,
  ): Promise<RouteArms | undefined> | RouteArms | undefined;
  /** Throws UserErrors. */
  mirror(route: string, shadow: ShadowConfig): Promise<void> | void;
  /** Throws UserErrors. */
  stopMirroring(route: string): Promise<void> | void;
  /** Called from time to time, for what nobody waits for. */
  look(): Promise<void> | void;
  close(): Promise<void>;
}

export interface OpenGatewayPorts {
  root: string;
  environment: Environment;
  secrets: Secrets;
  clock: Clock;
  random: Random;
  /** Something in its status has changed. */
  onChange(): void;
  onBug(error: unknown): void;
}

export interface LiveGatewayOptions extends Omit<OpenGatewayPorts, 'secrets'> {
  configuration: ConfigurationFile;
  open(ports: OpenGatewayPorts): Promise<OpenedGateway>;
  isAttended(): boolean;
  /** Default: 4320. */
  usualPort?: number;
}

/** What a lease keeps of it. */
export interface GatewayLease {
  port: number;
  keep: boolean;
  token: string;
}

interface Serving {
  gateway: OpenedGateway;
  server: LocalServer;
  keep: boolean;
  token: string;
  insteadOf: InsteadOf;
  /** Ends the look at the configuration. */
  stop: AbortController;
}

/** The gateway of a workspace: off, or serving on one port. Changes are made one after the other. */
export class LiveGateway {
  readonly #options: LiveGatewayOptions;
  readonly #keys: GatewayKeys;
  #serving: Serving | undefined;
  #file: ConfigurationReader | undefined;
  /** What the file says and the gateway cannot use. */
  #useProblem: string | null = null;
  #configuredPort: number | null = null;
  #anthropic = false;
  #failed: Extract<GatewayState, { state: 'failed' }> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: LiveGatewayOptions) {
    this.#options = options;
    this.#keys = new GatewayKeys(options);
  }

  get state(): GatewayState {
    if (!this.#serving) return this.#failed ?? { state: 'off' };
    const { gateway, server, keep, token, insteadOf } = this.#serving;
    const { routes, problem } = gateway.status;
    return {
      state: 'serving',
      port: server.port,
      endpoint: endpointOf(this.#serving),
      token,
      anthropic: this.#anthropic,
      keep,
      insteadOf,
      problem: this.#file?.problem ?? this.#useProblem ?? problem,
      keysWanted: this.#keys.wanted,
      routes: routes.map((route) => ({ ...route, models: [...route.models] })),
    };
  }

  /** Where clients find it; null while it does not serve. */
  get place(): { endpoint: string; token: string } | null {
    return this.#serving ? { endpoint: endpointOf(this.#serving), token: this.#serving.token } : null;
  }

  /** Null while it does not serve. */
  get lease(): GatewayLease | null {
    if (!this.#serving) return null;
    const { server, keep, token } = this.#serving;
    return { port: server.port, keep, token };
  }

  get isServing(): boolean {
    return this.#serving !== undefined;
  }

  /** Goes on when nobody is attached. */
  get isKept(): boolean {
    return this.#serving?.keep ?? false;
  }

  /** Rejects with UserErrors where it cannot listen there; where it serves already, it goes on there. */
  start(wish: GatewayStart & { token?: string }): Promise<void> {
    return this.#inTurn(async () => {
      this.#keys.forgetRefusals();
      try {
        if (this.#serving) await this.#move(this.#serving, wish);
        else this.#serving = await this.#open(wish);
        this.#failed = undefined;
      } catch (error) {
        if (error instanceof UserError && !this.#serving) this.#failed = failure(wish, error);
        throw error;
      } finally {
        this.#options.onChange();
      }
    });
  }

  /** Requests under way are finished first. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      this.#failed = undefined;
      const serving = this.#serving;
      this.#serving = undefined;
      if (serving) await this.#close(serving);
      this.#options.onChange();
    });
  }

  async setWeights({ route, weights }: GatewayWeights): Promise<void> {
    await this.#required().setWeights(route, weights);
    this.#options.onChange();
  }

  /** The targets of a route, for whoever moves its traffic. Rejects with UserErrors. */
  async armsOf(route: string): Promise<RouteArms> {
    return await this.#required().armsOf(route);
  }

  /** As `OpenedGateway.setArms`. */
  async setArms(
    route: string,
    arms: readonly ArmConfig[] | null,
    revision: string,
  ): Promise<RouteArms | undefined> {
    const set = await this.#required().setArms(route, arms, revision);
    if (set) this.#options.onChange();
    return set;
  }

  giveKeys(keys: readonly GivenKey[]): void {
    this.#keys.give(keys);
  }

  async mirror({ route, ...shadow }: ShadowStart): Promise<void> {
    await this.#required().mirror(route, shadow);
    this.#options.onChange();
  }

  async stopMirroring(route: string): Promise<void> {
    await this.#required().stopMirroring(route);
    this.#options.onChange();
  }

  async #open({ port, keep, token }: GatewayStart & { token?: string }): Promise<Serving> {
    const { random, open } = this.#options;
    const gateway = await open({ ...this.#options, secrets: this.#keys });
    const stop = new AbortController();
    const shown = token ?? random.hex(24);
    try {
      this.#file = this.#options.configuration.follow();
      await this.#follow(gateway);
      const started = await this.#listen(gateway, port, shown);
      void this.#watch(gateway, stop.signal);
      return { ...started, gateway, keep, token: shown, stop };
    } catch (error) {
      await gateway.close();
      throw error;
    }
  }

  async #listen(
    gateway: OpenedGateway,
    wished: number | null,
    token: string,
  ): Promise<{ server: LocalServer; insteadOf: InsteadOf }> {
    const { root, usualPort = USUAL_GATEWAY_PORT } = this.#options;
    const wish = {
      port: wished ?? this.#configuredPort,
      usualPort,
      otherwise: 'the gateway cannot be started there',
    };
    const started = await startAt(wish, (port) => gateway.serve({ port, token }));
    claimPort(started.server.port, root);
    return started;
  }

  /** Clients keep their token. */
  async #move(serving: Serving, { port, keep }: GatewayStart): Promise<void> {
    if (port !== null && port !== 0 && port !== serving.server.port) {
      const before = serving.server;
      Object.assign(serving, await this.#listen(serving.gateway, port, serving.token));
      releasePort(before.port);
      await before.close(GRACE_MS);
    }
    serving.keep = keep;
  }

  async #close({ gateway, server, stop }: Serving): Promise<void> {
    stop.abort('stopped');
    releasePort(server.port);
    await server.close(GRACE_MS);
    await gateway.close();
  }

  async #watch(gateway: OpenedGateway, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(LOOK_MS, signal).catch(() => {});
      if (signal.aborted) return;
      try {
        await this.#follow(gateway);
        await gateway.look();
      } catch (error) {
        this.#options.onBug(error);
      }
    }
  }

  async #follow(gateway: OpenedGateway): Promise<void> {
    const file = this.#file;
    const before = file?.problem;
    const read = await file?.read();
    if (file?.problem !== before) this.#options.onChange();
    if (read === undefined) return;

    const { root, environment } = this.#options;
    const workspace = read ?? withoutFile(root, environment);
    const { config } = workspace;
    this.#configuredPort = config.gateway?.port ?? null;
    this.#anthropic = answersAnthropic(config);
    try {
      await gateway.use(workspace);
      this.#useProblem = null;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#useProblem = error.describe().split('\n', 1)[0] ?? error.message;
    }
    this.#keys.need(keysOf(config));
  }

  #required(): OpenedGateway {
    if (this.#serving) return this.#serving.gateway;
    throw new UserError('the gateway of this workspace does not run', {
      remedy: 'Start it with: touchstone gateway start',
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

function endpointOf({ server }: Serving): string {
  return `http://127.0.0.1:${server.port}`;
}

function failure({ port }: GatewayStart, error: UserError): Extract<GatewayState, { state: 'failed' }> {
  return {
    state: 'failed',
    port: port ?? USUAL_GATEWAY_PORT,
    message: error.message,
    remedy: error.remedy ?? '',
  };
}
