import type { Clock, Random } from '../../ports.ts';
import type { RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import { GATEWAY_DEFAULTS } from '../../suites/gateway/gatewayFile.ts';
import { toLimits } from '../../suites/gateway/readGateway.ts';
import { TOUCHSTONE } from '../../telemetry/attributes.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import { readApiRequest } from '../apis/readApiRequest.ts';
import { noClient } from './client.ts';
import type { InUse } from './clientExchanges.ts';
import type { AskUpstream } from './exchangeListener.ts';
import { ExchangeSpan } from './exchangeSpan.ts';
import type { FinishedExchange } from './finishedExchange.ts';
import { GatewayExchange } from './gatewayExchange.ts';
import { type Asked, targetName } from './upstreamRequest.ts';

/** Asks a target as a client would be answered, but for nobody, in a trace of its own. Rejects with the signal's reason. */
export function askAlone(
  asked: Parameters<AskUpstream['ask']>[0],
  inUse: InUse,
  { clock, random, tracing }: { clock: Clock; random: Random; tracing: Tracing },
): Promise<FinishedExchange> {
  const { like, target, pool, signal } = asked;
  if (signal.aborted) return Promise.reject(signal.reason);

  const route = routeNamed(like.route, inUse);
  const request = requestOf(asked);
  const span = tracing.root(`shadow ${route.name}`, {
    traceId: random.hex(16),
    baggage: {},
    attributes: { [TOUCHSTONE.route]: route.name, [TOUCHSTONE.targetName]: targetName(target) },
  });

  return new Promise((resolve, reject) => {
    const exchange = new GatewayExchange(
      {
        ...{ id: random.hex(16), route, arm: null, targets: [target], stickyKey: null, pool, signal },
        ...{ asked: request, client: noClient(), keepsBodies: true, keepsReply: true },
        span: new ExchangeSpan(span, route, request),
        ...{ startedMs: clock.now(), started: clock.monotonic() },
        finished: (finished) => {
          if (signal.aborted) reject(signal.reason);
          else resolve(finished);
        },
      },
      inUse.exchange,
    );
    void exchange.run();
  });
}

function requestOf({ like, body: given, headers = {} }: Parameters<AskUpstream['ask']>[0]): Asked {
  const { method, target, headers: own, body: first } = like.request;
  const body = given ?? first ?? Buffer.alloc(0);
  const at = target.indexOf('?');
  // A body that is kept is unpacked.
  const { 'content-encoding': _packing, ...unpacked } = own;
  return {
    ...{ api: like.api, method, path: at < 0 ? target : target.slice(0, at) },
    search: at < 0 ? '' : target.slice(at),
    headers: { ...unpacked, ...headers },
    ...{ sent: body, body, read: readApiRequest(like.api, body) },
  };
}

/** The configuration may have changed since the exchange that this one is like. */
function routeNamed(name: string, { gateway }: InUse): RouteConfig {
  return gateway?.routes.find((route) => route.name === name) ?? { ...ANY_ROUTE, name };
}

const ANY_ROUTE: RouteConfig = {
  name: '',
  match: { path: '/' },
  arms: [],
  pool: GATEWAY_DEFAULTS.pool,
  limits: toLimits(undefined),
  fallbacks: [],
  cache: false,
  isSafeToMirror: false,
  keep: GATEWAY_DEFAULTS.keep,
};
