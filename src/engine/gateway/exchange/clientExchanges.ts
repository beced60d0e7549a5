import type { ServerResponse } from 'node:http';
import { HttpProblem } from '../../http/server/httpProblem.ts';
import type { ServerRequest } from '../../http/server/serverRequest.ts';
import type { ProviderConfig } from '../../models/modelProvider.ts';
import type { Clock, Random } from '../../ports.ts';
import type { ArmConfig, ArmTarget, GatewayConfig, RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import { GENERAL, TOUCHSTONE } from '../../telemetry/attributes.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import { routeFor } from '../routes/routeFor.ts';
import { ARM_HEADER, routeToArm } from '../routes/routeToArm.ts';
import { stickyKeyOf } from '../routes/stickyKey.ts';
import { ServerClient } from '../server/serverClient.ts';
import { chooseArm } from '../split/chooseArm.ts';
import { callerSpan, readAsked } from './admitted.ts';
import type { ExchangeListener } from './exchangeListener.ts';
import type { ExchangePorts } from './exchangeOptions.ts';
import { ExchangeSpan } from './exchangeSpan.ts';
import type { FinishedExchange } from './finishedExchange.ts';
import { GatewayExchange } from './gatewayExchange.ts';
import { NOT_AGAIN } from './ownReply.ts';
import { mayBeKept, ReplayCache, replayedHead, replayKey } from './replayCache.ts';
import type { RouteCounts } from './routeCounts.ts';
import type { Asked } from './upstreamRequest.ts';

export interface ClientPorts {
  clock: Clock;
  random: Random;
  tracing: Tracing;
  counts: RouteCounts;
  listeners: ReadonlySet<ExchangeListener>;
  onBug(error: unknown): void;
}

/** What belongs to one configuration: an exchange ends with that it began with. */
export interface InUse {
  gateway: GatewayConfig | undefined;
  providers: { readonly [name: string]: ProviderConfig };
  exchange: ExchangePorts;
  /** Why it is not the whole configuration. */
  problem: string | null;
}

/** A request that was let in, on its way to an arm of its route. */
interface Admitted {
  asked: Asked;
  route: RouteConfig;
  arm: ArmConfig | undefined;
  /** Of the arm, and the fallbacks. */
  targets: readonly [ArmTarget, ...ArmTarget[]];
  stickyKey: string | null;
  id: string;
  startedMs: number;
  started: number;
}

/** The exchanges with clients. */
export class ClientExchanges {
  readonly #ports: ClientPorts;
  readonly #replays: ReplayCache;

  constructor(ports: ClientPorts) {
    this.#ports = ports;
    this.#replays = new ReplayCache(ports.clock);
  }

  /** Resolves when the exchange has ended. Rejects with HttpProblem where it is not begun. */
  async answer(request: ServerRequest, outgoing: ServerResponse, inUse: InUse, token: string): Promise<void> {
    const admitted = await this.#admit(request, inUse, token);
    const { route, targets, asked, stickyKey, id } = admitted;
    const arm = admitted.arm?.name ?? null;
    const { counts, listeners } = this.#ports;
    const key = route.cache
      ? replayKey(route.name, targets[0], serverOf(targets[0], inUse), asked)
      : undefined;
    const begun = { id, route: route.name, arm, stickyKey };
    // All are asked: each takes note of what has begun.
    const keepsBodies = [...listeners].map((listener) => listener.keeps(begun)).includes(true);

    const over = Promise.withResolvers<void>();
    const exchange = new GatewayExchange(
      {
        ...{ id, route, arm, targets, asked, stickyKey, pool: route.pool, keepsBodies },
        ...{ patienceMs: route.limits.pauseMs, queueMs: route.limits.queueMs },
        ...{ startedMs: admitted.startedMs, started: admitted.started },
        client: new ServerClient(outgoing),
        keepsReply: keepsBodies || key !== undefined,
        span: this.#span(admitted, callerSpan(request.headers['traceparent'])),
        finished: (finished) => {
          over.resolve();
          const { kept } = exchange;
          if (key !== undefined && kept && mayBeKept(finished)) this.#replays.put(key, kept);
          this.#tell(finished);
        },
      },
      inUse.exchange,
    );

    counts.began(route, arm, stickyKey);
    const known = key === undefined ? undefined : this.#replays.find(key);
    if (known) exchange.replay(replayedHead(known.head, known.body.length), known.body, known.summary);
    else await exchange.run();
    // Until then its body counts as being handled.
    await over.promise;
  }

  async #admit(request: ServerRequest, inUse: InUse, token: string): Promise<Admitted> {
    const { clock, random, counts } = this.#ports;
    const startedMs = clock.now();
    const started = clock.monotonic();

    const asked = await readAsked(request, token);
    const named = request.headers[ARM_HEADER];
    const route =
      named === undefined
        ? routeFor(inUse, { path: asked.path, model: asked.read.model })
        : routeToArm(inUse.gateway?.routes ?? [], String(named), asked.path, (one) => counts.armsOf(one));
    if (!route && inUse.problem !== null) throw new HttpProblem(503, inUse.problem, NOT_AGAIN);
    if (!route) throw new HttpProblem(404, 'no route of the gateway fits this path and model');

    const stickyKey = stickyKeyOf(route, { headers: request.headers, request: asked.read });
    const arm = chooseArm(
      counts.armsOf(route),
      stickyKey === null ? random.next() : clientOf(route, stickyKey),
    );
    const [first, ...others] = arm ? [arm.target, ...route.fallbacks] : route.fallbacks;
    if (!first)
      throw new HttpProblem(503, `no target of the route '${route.name}' has a weight above 0`, NOT_AGAIN);
    const targets: Admitted['targets'] = [first, ...others];
    return { ...{ asked, route, arm, targets, stickyKey, startedMs, started }, id: random.hex(16) };
  }

  #span(
    { route, arm, asked }: Admitted,
    caller: { traceId: string; spanId: string } | undefined,
  ): ExchangeSpan {
    const { tracing, random } = this.#ports;
    const span = tracing.root(`gateway ${route.name}`, {
      traceId: caller?.traceId ?? random.hex(16),
      parentSpanId: caller?.spanId ?? null,
      kind: 'server',
      baggage: {},
      attributes: {
        [TOUCHSTONE.route]: route.name,
        ...(arm && { [TOUCHSTONE.arm]: arm.name }),
        [GENERAL.requestMethod]: asked.method,
        [GENERAL.urlPath]: asked.path,
      },
    });
    return new ExchangeSpan(span, route, asked);
  }

  #tell(finished: FinishedExchange): void {
    const { counts, listeners, onBug } = this.#ports;
    counts.ended(finished);
    for (const listener of listeners)
      try {
        listener.finished(finished);
      } catch (error) {
        onBug(error);
      }
  }
}

/** Who gets the new version in one route must not be who gets it in all others, or they could not be told apart. */
function clientOf({ name }: Pick<RouteConfig, 'name'>, stickyKey: string): string {
  return `${name}\0${stickyKey}`;
}

/** Where the answers of a target come from, as far as the configuration says. */
function serverOf(target: ArmTarget, { providers }: InUse): string {
  return target.kind === 'provider' ? (providers[target.provider]?.baseUrl ?? '') : '';
}
