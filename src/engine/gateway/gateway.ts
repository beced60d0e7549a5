import { ConfigError, UsageError } from '../errors.ts';
import { Redactor } from '../http/redactor.ts';
import type { LocalServer } from '../http/server/serverShell.ts';
import { Wires } from '../http/wires.ts';
import type { ProviderConfig } from '../models/modelProvider.ts';
import type { Clock, Environment, Log, Random, Secrets } from '../ports.ts';
import type { ProviderGuards } from '../resilience/providerGuards.ts';
import type { ArmConfig, GatewayConfig, RouteConfig } from '../suites/gateway/gatewayConfig.ts';
import { Tracing } from '../telemetry/tracing.ts';
import { TokenCounts } from './apis/tokenCounts.ts';
import { askAlone } from './exchange/askAlone.ts';
import { ClientExchanges, type InUse } from './exchange/clientExchanges.ts';
import type { AskUpstream, ExchangeListener } from './exchange/exchangeListener.ts';
import { withRelease } from './exchange/exchangeSpan.ts';
import type { FinishedExchange } from './exchange/finishedExchange.ts';
import { RouteCounts, type RouteWeights } from './exchange/routeCounts.ts';
import { type SpanIntake, SpanQueue } from './exchange/spanQueue.ts';
import type { ApplyRelease } from './exchange/upstreamRequest.ts';
import { Upstreams } from './exchange/upstreams.ts';
import type { GatewayStatus, ShadowStatus } from './gatewayStatus.ts';
import type { RouteArms } from './routes/routeArms.ts';
import { type ServeOptions, startGatewayServer } from './server/gatewayServer.ts';

export interface GatewayPorts {
  clock: Clock;
  random: Random;
  log: Log;
  environment: Environment;
  secrets?: Secrets;
  /** Shared with whoever else asks the same servers; its pools are configured by whoever owns it. */
  guards: ProviderGuards;
  /** What a person has set in place of the configuration's. */
  weights: RouteWeights;
  /** Where spans go. */
  intake: SpanIntake;
  /** What counts tokens where several gateways share it. */
  loadTokens?(): Promise<TokenCounts>;
  /** Hears of a bug. */
  onBug(error: unknown): void;
}

/** What it works by. */
export interface GatewaySettings {
  /** Undefined where touchstone.yaml has no such section. */
  config: GatewayConfig | undefined;
  providers: { readonly [name: string]: ProviderConfig };
  applyRelease: ApplyRelease;
  /** Why the configuration is not used as it is written. */
  problem: string | null;
}

/** Passes requests to providers and agents, byte for byte, and tells what became of them. */
export class Gateway implements AskUpstream {
  readonly #ports: GatewayPorts;
  readonly #wires = new Wires();
  readonly #redactor = new Redactor();
  readonly #listeners = new Set<ExchangeListener>();
  readonly #counts: RouteCounts;
  readonly #spans: SpanQueue;
  readonly #clients: ClientExchanges;
  readonly #shadowTracing: Tracing;
  #inUse: InUse;
  #problem: string | null = null;
  #loading: Promise<TokenCounts> | undefined;
  #tokens: TokenCounts | undefined;

  constructor(ports: GatewayPorts) {
    const { clock, random, onBug } = ports;
    this.#ports = ports;
    this.#counts = new RouteCounts(ports.weights);
    this.#spans = new SpanQueue(ports.intake, ports);
    this.#shadowTracing = this.#openTracing('shadow');
    this.#clients = new ClientExchanges({
      ...{ clock, random, onBug, counts: this.#counts, listeners: this.#listeners },
      tracing: this.#openTracing('gateway'),
    });
    this.#inUse = this.#prepare(NO_SETTINGS);
  }

  /** Holds for what is asked from now on; what is under way ends as it began. */
  use(settings: GatewaySettings): void {
    this.#inUse = this.#prepare(settings);
    this.#problem = settings.problem;
  }

  /** Returns how to stop. */
  listen(listener: ExchangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Rejects with ServerError where it cannot listen. */
  async serve(options: ServeOptions): Promise<LocalServer> {
    const { clock, onBug } = this.#ports;
    const { token } = options;
    await this.#loadTokens();
    const port = options.port ?? this.#inUse.gateway?.port;
    return await startGatewayServer(port === undefined ? options : { ...options, port }, {
      ...{ clock, onBug },
      answer: (request, outgoing) => this.#clients.answer(request, outgoing, this.#inUse, token),
    });
  }

  /**
   * Holds from now on, and the counts of the route begin anew. Arms that are not named keep theirs; null: all is as the configuration has it.
   * Throws UserError.
   */
  setWeights(name: string, weights: { readonly [arm: string]: number } | null): void {
    this.#counts.setWeights(this.#routeNamed(name), weights);
  }

  /** Throws UserError where there is no such route. */
  armsOf(name: string): RouteArms {
    return this.#counts.read(this.#routeNamed(name));
  }

  /** As `RouteCounts.setArms`. */
  setArms(name: string, arms: readonly ArmConfig[] | null, revision: string): RouteArms | undefined {
    return this.#counts.setArms(this.#routeNamed(name), arms, revision);
  }

  status(shadowOf: (route: string) => ShadowStatus | null = () => null): GatewayStatus {
    const configured = this.#inUse.gateway?.routes ?? [];
    const routes = [...configured, ...this.#counts.usedBeside(configured)];
    return {
      routes: routes.map((route) => this.#counts.status(route, shadowOf(route.name))),
      problem: this.#problem ?? this.#spans.problem,
    };
  }

  async ask(asked: Parameters<AskUpstream['ask']>[0]): Promise<FinishedExchange> {
    const { clock, random } = this.#ports;
    await this.#loadTokens();
    return await askAlone(asked, this.#inUse, { clock, random, tracing: this.#shadowTracing });
  }

  /** Stores what there is still to store. */
  async close(): Promise<void> {
    await this.#spans.close();
    this.#wires.close();
  }

  #routeNamed(name: string): RouteConfig {
    const routes = this.#inUse.gateway?.routes ?? [];
    const route = routes.find((one) => one.name === name);
    if (route) return route;

    throw new UsageError(`the gateway has no route "${name}"`, {
      remedy:
        routes.length > 0
          ? `Use one of: ${routes.map((one) => one.name).join(', ')}.`
          : 'Add it under gateway.routes in touchstone.yaml.',
    });
  }

  /** Once, and before anything is asked: later nobody may wait for it. */
  async #loadTokens(): Promise<void> {
    this.#loading ??= (this.#ports.loadTokens ?? TokenCounts.load)();
    this.#tokens ??= await this.#loading;
  }

  #loaded(): TokenCounts {
    if (this.#tokens) return this.#tokens;
    throw new Error('nothing is asked before tokens can be counted');
  }

  #openTracing(service: string): Tracing {
    const { clock, random } = this.#ports;
    return new Tracing(
      clock,
      0,
      ({ spans }) => this.#spans.add(this.#redactor.value(spans.map(withRelease))),
      {
        service,
        nextSpanId: () => random.hex(8),
        longestAttribute: LONGEST_ATTRIBUTE,
      },
    );
  }

  #prepare({ config, providers, applyRelease, problem }: GatewaySettings): InUse {
    const { environment, secrets, guards, clock, onBug } = this.#ports;
    const upstreams = new Upstreams(providers, { environment, secrets, guards, redactor: this.#redactor });
    const exchange = {
      ...{ clock, wires: this.#wires, redactor: this.#redactor, upstreams, applyRelease, onBug },
      tokens: () => this.#loaded(),
    };
    return { gateway: config, providers, exchange, problem };
  }
}

/** Conversations are kept whole, as long as they are not endless. */
const LONGEST_ATTRIBUTE = 1024 * 1024;

const UNUSABLE = 'touchstone.yaml cannot be used as it is written';

const NO_SETTINGS: GatewaySettings = {
  config: undefined,
  providers: {},
  applyRelease: () => {
    throw new ConfigError(UNUSABLE);
  },
  problem: `${UNUSABLE}; see: touchstone gateway status`,
};
