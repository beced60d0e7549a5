// A scripted provider as a process of its own; sends its address to the parent, its counts when asked, and ends with it.
import { latency } from './latency.ts';
import { startProviderServer } from './providerServer.ts';

/** What the parent asks for, as JSON in the first argument. */
export interface ProviderProcessOptions {
  seed: number;
  /** Median and 95th percentile of the time to an answer, in milliseconds. */
  latencyMs: [median: number, p95: number];
  requests?: { capacity: number; perSecond: number };
  /** No connection is answered any more from this many milliseconds on. */
  deadAfterMs?: number;
}

/** What the parent is told. */
export type ProviderMessage =
  | { baseUrl: string }
  | { counts: [status: number, count: number][]; admittedAt: number[] };

const options = JSON.parse(process.argv[2] ?? '{}') as ProviderProcessOptions;
const { requests, deadAfterMs = Number.POSITIVE_INFINITY } = options;
const server = await startProviderServer({
  seed: options.seed,
  latency: latency.logNormal(...options.latencyMs),
  ...(requests
    ? { limits: { requests: { capacity: requests.capacity, perMs: requests.perSecond / 1000 } } }
    : {}),
  fault: ({ elapsedMs }) => (elapsedMs >= deadAfterMs ? 'destroy' : undefined),
});

process.on('message', () => {
  process.send?.({
    counts: [...server.counts],
    admittedAt: [...server.admittedAt],
  } satisfies ProviderMessage);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ baseUrl: server.baseUrl } satisfies ProviderMessage);
