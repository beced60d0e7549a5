import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { noSpan, systemClock } from '../../../src/engine/ports.ts';
import { ProviderGuards } from '../../../src/engine/resilience/providerGuards.ts';
import { DEFAULT_RESILIENCE } from '../../../src/engine/resilience/resilienceConfig.ts';
import { random } from './random.ts';

const CALLS = 100_000;
const ROUNDS = 7;

/** Microseconds of processor time for a call that does nothing, ours and cockatiel's by turns. Limit: below cockatiel's. */
export async function overhead(): Promise<boolean> {
  const theirs = wrap(
    retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
    circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(5) }),
    bulkhead(64, 1000),
    timeout(60_000, TimeoutStrategy.Cooperative),
  );
  const guard = new ProviderGuards({ clock: systemClock, random }).of({
    provider: 'p',
    origin: 'http://127.0.0.1',
    credential: [],
    resilience: DEFAULT_RESILIENCE,
    maxConcurrency: 64,
  });
  const { signal } = new AbortController();
  const request = { pool: 'target', caller: 'run', signal, timeoutMs: 60_000, span: noSpan };
  const ended = {
    kind: 'ended' as const,
    value: 1,
    outcome: { decision: { kind: 'done' as const }, tokens: 10, costUsd: 0 },
  };
  const nothing = async () => ended;

  const ours: number[] = [];
  const peers: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await microseconds(() => nothing()));
    peers.push(await microseconds(() => theirs.execute(nothing)));
    ours.push(await microseconds(() => guard.open(request, nothing)));
  }

  const [mine, peer] = [median(ours) - median(bare), median(peers) - median(bare)];
  console.log(
    `overhead of a call   touchstone ${mine.toFixed(2)} µs   cockatiel ${peer.toFixed(2)} µs   ratio ${(mine / peer).toFixed(2)} (limit: below 1)`,
  );
  return mine < peer;
}

async function microseconds(call: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let made = 0; made < CALLS; made += 1) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
