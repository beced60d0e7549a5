import type { ServerLimit, ServerOptions, ServerWords } from './providerServer.ts';

/** A provider with what is allowed of it, and what is to be reached: seeds, callers and times are up to whoever runs it. */
export interface Scenario {
  name: string;
  server: ServerOptions;
  /** Tokens of a call, in place of 1000. */
  tokens?: [number, number];
  /** Answered calls a second that the server allows; from `laterMs` on, `later` of them. */
  allowed: number;
  change?: { laterMs: number; later: number };
  /** What must be used of it once it is settled, and the share that may be refused then, and from the start. */
  used: number;
  refused: { settled: number; whole: number };
}

const LATENCY: [number, number] = [50, 2000];
const MEAN_LATENCY_S = 1.025;

const bucket = (perSecond: number, capacity = perSecond) => ({ capacity, perMs: perSecond / 1000 });
const server = (limit: ServerLimit, words: ServerWords = 'nothing'): ServerOptions => ({
  limit,
  words,
  latencyMs: LATENCY,
  refusalMs: [20, 80],
});
const requests = (perSecond: number, capacity?: number): ServerLimit => ({
  kind: 'requests',
  size: bucket(perSecond, capacity),
});

const GOAL = { used: 0.95, refused: { settled: 0.01, whole: 0.01 } };

/** What 300 callers meet. */
export const SCENARIOS: readonly Scenario[] = [
  { name: '100 requests a second', server: server(requests(100)), allowed: 100, ...GOAL },
  {
    name: '100 requests a second, with Retry-After in milliseconds',
    server: server(requests(100), 'retry-after-ms'),
    allowed: 100,
    ...GOAL,
  },
  {
    name: '100 requests a second, with Retry-After in whole seconds',
    server: server(requests(100), 'retry-after-s'),
    allowed: 100,
    ...GOAL,
  },
  {
    name: '6,000 requests a minute that may come at once, with headers',
    server: server(requests(100, 6000), 'headers'),
    allowed: 100,
    // The rest fills the bucket to its half.
    used: 0.92,
    refused: { settled: 0, whole: 0 },
  },
  {
    name: '100 requests a second, and hardly any at once',
    server: server(requests(100, 10)),
    allowed: 100,
    used: 0.85,
    refused: { settled: 0.01, whole: 0.01 },
  },
  {
    name: '100,000 tokens a second',
    server: server({ kind: 'tokens', size: bucket(100_000) }),
    tokens: [100, 1900],
    allowed: 100,
    used: 0.95,
    refused: { settled: 0.012, whole: 0.015 },
  },
  {
    name: '50 requests at once',
    server: server({ kind: 'concurrency', most: 50 }),
    allowed: 50 / MEAN_LATENCY_S,
    used: 0.9,
    refused: { settled: 0.01, whole: 0.015 },
  },
  {
    name: '1,000 requests in each ten seconds, with Retry-After',
    server: server({ kind: 'window', most: 1000, ms: 10_000 }, 'retry-after-s'),
    allowed: 100,
    used: 0.95,
    refused: { settled: 0.02, whole: 0.02 },
  },
  {
    name: 'twice as many after half of the time',
    server: server({ kind: 'requests', size: bucket(100), later: { fromMs: 40_000, size: bucket(200) } }),
    allowed: 100,
    change: { laterMs: 40_000, later: 200 },
    used: 0.95,
    refused: { settled: 0.01, whole: 0.015 },
  },
  {
    name: 'fewer than half as many after half of the time',
    server: server({ kind: 'requests', size: bucket(100), later: { fromMs: 40_000, size: bucket(40) } }),
    allowed: 100,
    change: { laterMs: 40_000, later: 40 },
    used: 0.9,
    refused: { settled: 0.025, whole: 0.03 },
  },
  {
    name: 'no limit',
    server: server({ kind: 'none' }),
    allowed: 300 / MEAN_LATENCY_S,
    used: 0.97,
    refused: { settled: 0, whole: 0 },
  },
];
