import type { RouteConfig } from '../../../../src/engine/suites/gateway/gatewayConfig.ts';

/** A route with one target, and everything else by default. */
export function routeOf(given: Partial<RouteConfig>): RouteConfig {
  return {
    name: 'route',
    match: { path: '/v1' },
    arms: [{ name: 'openai', weight: 1, target: { kind: 'provider', provider: 'openai' } }],
    pool: 'gateway',
    limits: { firstTokenMs: 120_000, idleMs: 60_000, wholeMs: 600_000, pauseMs: 5_000, queueMs: 60_000 },
    fallbacks: [],
    cache: false,
    isSafeToMirror: false,
    keep: 'content',
    ...given,
  };
}
