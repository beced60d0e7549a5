import type { ServerResponse } from 'node:http';
import { Connection } from '../http/httpConnection.ts';
import { HttpProblem } from '../http/server/httpProblem.ts';
import type { ServerRequest } from '../http/server/serverRequest.ts';
import type { LocalServer } from '../http/server/serverShell.ts';
import type { ProviderConfig } from '../models/modelProvider.ts';
import type { Clock, Environment, Log, Random, Secrets } from '../ports.ts';
import type { ProviderGuards } from '../resilience/providerGuards.ts';
import type { ArmTarget, GatewayConfig, RouteConfig } from '../suites/gateway/gatewayConfig.ts';
import { GENERAL, TOUCHSTONE } from '../telemetry/attributes.ts';
import { Tracing } from '../telemetry/tracing.ts';
import { callerSpan, readAsked } from './exchange/admitted.ts';
import { type Client, noClient } from './exchange/client.ts';
import type { AskUpstream, ExchangeListener } from './exchange/exchangeListener.ts';
import { ExchangeSpan } from './exchange/exchangeSpan.ts';
import type { FinishedExchange } from './exchange/finishedExchange.ts';
import { GatewayExchange } from './exchange/gatewayExchange.ts';
import { chooseArm, readApiRequest, routeFor } from './exchange/interim.ts';
import { RouteCounts } from './exchange/routeCounts.ts';
import { type SpanIntake, SpanQueue } from './exchange/spanQueue.ts';
import { type ApplyRelease, type Asked, targetName } from './exchange/upstreamRequest.ts';
import { Upstreams } from './exchange/upstreams.ts';
import type { GatewayStatus, ShadowStatus } from './gatewayStatus.ts';
import { type ServeOptions, startGatewayServer } from './server/gatewayServer.ts';
import { ServerClient } from './server/serverClient.ts';

export interface GatewayPorts {
  clock: Clock;
  random: Random;
  log: Log;
  environment: Environment;
  secrets?: Secrets;
  /** Shared with whoever else asks the same servers; its pools are configured by whoever owns it. */
  guards: ProviderGuards;
  /** Where spans go. */
  intake: SpanIntake;
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

/** What belongs to one configuration: an exchange ends with that it began with. */
interface Used {
  settings: GatewaySettings;
  upstreams: Upstreams;
}

/** Passes requests to providers and agents, byte for byte, and tells what became of them. */
export class Gateway implements AskUpstream {
  readonly #ports: GatewayPorts;
  readonly #connection = new Connection();
  readonly #listeners = new Set<ExchangeListener>();
  readonly #counts = new RouteCounts();
  readonly #spans: SpanQueue;
  readonly #tracing: Tracing;
  readonly #shadowTracing: Tracing;
  #used: Used;
  #token = '';

  constructor(ports: GatewayPorts) {
    this.#ports = ports;
    this.#used = this.#prepare(NO_SETTINGS);
    this.#spans = new SpanQueue(ports.intake, ports);
    this.#tracing = this.#openTracing('gateway');
    this.#shadowTracing = this.#openTracing('shadow');
  }

  /** Holds for what is asked from now on. */
  use(settings: GatewaySettings): void {
    this.#used = this.#prepare(settings);
  }

  /** Returns how to stop. */
  listen(listener: ExchangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Rejects with ServerError where it cannot listen. */
  async serve(options: ServeOptions): Promise<LocalServer> {
    const { clock, onBug } = this.#ports;
    const port = options.port ?? this.#used.settings.config?.port;
    this.#token = options.token;
    return await startGatewayServer(
      { ...options, ...(port === undefined ? {} : { port }) },
      { clock, onBug, answer: (request, outgoing) => this.#answer(request, outgoing) },
    );
  }

  /** Holds from now on, and the counts of the route begin anew. Arms that are not named keep theirs. */
  setWeights(route: string, weights: { readonly [arm: string]: number }): void {
    this.#counts.setWeights(route, weights);
  }

  status(shadowOf: (route: string) => ShadowStatus | null = () => null): GatewayStatus {
    const { config, problem } = this.#used.settings;
    const routes = config?.routes ?? [];
    return { routes: routes.map((route) => this.#counts.status(route, shadowOf(route.name))), problem };
  }

  /** Stores what there is still to store. */
  async close(): Promise<void> {
    await this.#spans.close();
    this.#connection.close();
  }

  ask(options: Parameters<AskUpstream['ask']>[0]): Promise<FinishedExchange> {
    const { like, target, pool, signal, headers = {} } = options;
    signal.throwIfAborted();
    const { clock } = this.#ports;
    const route = this.#routeNamed(like.route);
    const body = options.body ?? like.request.body ?? Buffer.alloc(0);
    const [path = '', query] = like.request.target.split(/\?(.*)/s);
    const asked: Asked = {
      api: like.api,
      method: like.request.method,
      path,
      search: query === undefined ? '' : `?${query}`,
      headers: { ...withoutPacking(like.request.headers), ...headers },
      sent: body,
      body,
      read: readApiRequest(like.api, body),
    };

    return new Promise((resolve, reject) => {
      const span = this.#shadowTracing.root(`shadow ${route.name}`, {
        traceId: this.#ports.random.hex(16),
        baggage: {},
        attributes: { [TOUCHSTONE.route]: route.name, [TOUCHSTONE.targetName]: targetName(target) },
      });
      const exchange = this.#open(
        {
          route: { ...route, fallbacks: [] },
          arm: null,
          ...{ targets: [target], asked, client: noClient(), stickyKey: null, pool, signal },
          keepsBodies: true,
          span: new ExchangeSpan(span, route, asked),
          startedMs: clock.now(),
          started: clock.monotonic(),
        },
        (finished) => {
          if (signal.aborted) reject(signal.reason);
          else resolve(finished);
        },
      );
      void exchange.run();
    });
  }

  async #answer(request: ServerRequest, outgoing: ServerResponse): Promise<void> {
    const { clock, random } = this.#ports;
    const startedMs = clock.now();
    const started = clock.monotonic();
    const used = this.#used;
    const asked = await readAsked(request, this.#token);
    const { method, path } = asked;
    const route = routeFor(used.settings.config, { path, model: asked.read.model });
    if (!route) throw new HttpProblem(404, 'no route fits this path and model');

    const arm = chooseArm(this.#counts.armsOf(route), random.next());
    if (!arm) throw new HttpProblem(503, `the route '${route.name}' has no target with a weight above 0`);

    const id = random.hex(16);
    const stickyKey = null;
    const begun = { id, route: route.name, arm: arm.name, stickyKey };
    const caller = callerSpan(request.headers['traceparent']);
    const span = this.#tracing.root(`gateway ${route.name}`, {
      traceId: caller?.traceId ?? random.hex(16),
      parentSpanId: caller?.spanId ?? null,
      kind: 'server',
      baggage: {},
      attributes: {
        [TOUCHSTONE.route]: route.name,
        [TOUCHSTONE.arm]: arm.name,
        [GENERAL.requestMethod]: method,
        [GENERAL.urlPath]: path,
      },
    });
    const over = Promise.withResolvers<void>();
    const exchange = this.#open(
      {
        route,
        arm: arm.name,
        targets: [arm.target, ...route.fallbacks],
        ...{ asked, client: new ServerClient(outgoing), stickyKey, pool: route.pool, startedMs, started },
        keepsBodies: [...this.#listeners].some((listener) => listener.keeps(begun)),
        span: new ExchangeSpan(span, route, asked),
      },
      (finished) => {
        over.resolve();
        this.#tell(finished);
      },
      id,
      used,
    );

    this.#counts.began(route.name);
    await exchange.run();
    // Until then its body counts as being handled.
    await over.promise;
  }

  #open(
    options: Omit<ConstructorParameters<typeof GatewayExchange>[0], 'id' | 'finished'> & { client: Client },
    finished: (exchange: FinishedExchange) => void,
    id = this.#ports.random.hex(16),
    { upstreams, settings }: Used = this.#used,
  ): GatewayExchange {
    const { clock, onBug } = this.#ports;
    const { applyRelease } = settings;
    return new GatewayExchange(
      { ...options, id, finished },
      { clock, connection: this.#connection, upstreams, applyRelease, onBug },
    );
  }

  #tell(finished: FinishedExchange): void {
    this.#counts.ended(finished);
    for (const listener of this.#listeners)
      try {
        listener.finished(finished);
      } catch (error) {
        this.#ports.onBug(error);
      }
  }

  #routeNamed(name: string): RouteConfig {
    const found = this.#used.settings.config?.routes.find((route) => route.name === name);
    return found ?? { ...ANY_ROUTE, name };
  }

  #openTracing(service: string): Tracing {
    const { clock, random } = this.#ports;
    return new Tracing(clock, 0, ({ spans }) => this.#spans.add(spans), {
      service,
      nextSpanId: () => random.hex(8),
      longestAttribute: LONGEST_ATTRIBUTE,
    });
  }

  #prepare(settings: GatewaySettings): Used {
    const { environment, secrets, guards } = this.#ports;
    const ports = { environment, secrets, guards, connection: this.#connection };
    return { settings, upstreams: new Upstreams(settings.providers, ports) };
  }
}

/** Conversations are kept whole, as long as they are not endless. */
const LONGEST_ATTRIBUTE = 1024 * 1024;

const NO_SETTINGS: GatewaySettings = {
  config: undefined,
  providers: {},
  applyRelease: () => {
    throw new Error('no settings are in use');
  },
  problem: null,
};

const ANY_TARGET: ArmTarget = { kind: 'provider', provider: 'openai' };
const ANY_ROUTE: RouteConfig = {
  name: '',
  match: { path: '/' },
  arms: [{ name: 'openai', weight: 1, target: ANY_TARGET }],
  pool: 'gateway',
  limits: { firstTokenMs: 120_000, idleMs: 120_000, wholeMs: 600_000 },
  fallbacks: [],
  cache: false,
  isSafeToMirror: false,
  keep: 'content',
};

/** A body that is kept is unpacked. */
function withoutPacking({ 'content-encoding': _packing, ...headers }: { readonly [name: string]: string }) {
  return headers;
}
