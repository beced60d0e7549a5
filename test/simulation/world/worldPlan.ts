import type { PoolConfig, ResilienceConfig } from '../../../src/engine/resilience/resilienceConfig.ts';
import type { BucketSize } from '../../../src/engine/simulate/tokenBucket.ts';

/** What a provider does to requests that begin within a stretch of time. */
export interface Trouble {
  fromMs: number;
  toMs: number;
  kind: 'status' | 'drop' | 'hang' | 'cut' | 'slow' | 'wrong';
  status: number;
}

export interface ProviderPlan {
  name: string;
  latencyMs: [least: number, most: number];
  limit: BucketSize | null;
  /** In which form, if any, it says how long to wait; some say nonsense. */
  asks: 'milliseconds' | 'nothing' | 'zero' | 'far too long';
  troubles: Trouble[];
  /** Share of requests that never arrive, and of those that arrive twice. */
  loss: number;
  duplicates: number;
  resilience: ResilienceConfig;
  maxConcurrency: number;
}

export interface CallPlan {
  atMs: number;
  provider: number;
  pool: string;
  caller: string;
  timeoutMs: number;
  /** The caller gives up by itself after so long; null where it does not. */
  leaveMs: number | null;
  streamed: boolean;
  /** At most, and what it will really use. */
  tokens: { most: number; used: number };
}

/** Everything that happens in one world, drawn from its seed. */
export interface WorldPlan {
  seed: number;
  providers: ProviderPlan[];
  pools: { [pool: string]: PoolConfig };
  calls: CallPlan[];
  /** The first process ends just before or after its nth write to the ledger, and another goes on; null where none does. */
  crashAtWrite: number | null;
}

type Draw = () => number;

/** Bad luck is common here: in most worlds something is broken, and limits are tight. */
export function drawWorld(seed: number, random: Draw): WorldPlan {
  const providers = many(random, 1, 3, (index) => drawProvider(random, `p${index}`));
  const lengthMs = between(random, 5_000, 2 * 3_600_000);
  return {
    seed,
    providers,
    pools: {
      ...(random() < 0.7 ? { target: drawPool(random) } : {}),
      ...(random() < 0.5 ? { judge: drawPool(random) } : {}),
    },
    calls: many(random, 5, 120, () => drawCall(random, { providers: providers.length, lengthMs })),
    crashAtWrite: random() < 0.4 ? whole(random, 1, 60) : null,
  };
}

function drawProvider(random: Draw, name: string): ProviderPlan {
  const least = between(random, 0, 2000);
  const capacity = whole(random, 1, 20);
  return {
    name,
    latencyMs: [least, least + between(random, 0, 20_000)],
    limit: random() < 0.5 ? { capacity, perMs: between(random, 0.0001, 0.02) } : null,
    asks: pick(random, ['milliseconds', 'milliseconds', 'nothing', 'zero', 'far too long']),
    troubles: many(random, 0, 3, () => drawTrouble(random)),
    loss: random() < 0.3 ? between(random, 0, 0.2) : 0,
    duplicates: random() < 0.3 ? between(random, 0, 0.2) : 0,
    resilience: drawResilience(random),
    maxConcurrency: random() < 0.3 ? Number.POSITIVE_INFINITY : whole(random, 1, 12),
  };
}

function drawTrouble(random: Draw): Trouble {
  const fromMs = between(random, 0, 3_600_000);
  return {
    fromMs: random() < 0.3 ? 0 : fromMs,
    toMs: fromMs + between(random, 100, 1_200_000),
    kind: pick(random, ['status', 'status', 'drop', 'hang', 'cut', 'slow', 'wrong']),
    status: pick(random, [500, 502, 503, 529, 408, 429]),
  };
}

function drawResilience(random: Draw): ResilienceConfig {
  const openMs = pick(random, [0, 100, 5_000, 60_000]);
  return {
    breaker:
      random() < 0.15
        ? null
        : {
            failures: whole(random, 1, 6),
            failureRate: between(random, 0.1, 1),
            slowRate: between(random, 0.1, 1),
            slowMs: between(random, 100, 30_000),
            minimumCalls: whole(random, 1, 10),
            window:
              random() < 0.5
                ? { kind: 'calls', calls: whole(random, 1, 20) }
                : { kind: 'time', ms: between(random, 1000, 120_000) },
            openMs,
            openMaxMs: openMs * whole(random, 1, 10),
            halfOpenCalls: whole(random, 1, 4),
          },
    retry:
      random() < 0.15
        ? null
        : {
            attempts: whole(random, 1, 5),
            budget: pick(random, [0, 0.1, 0.5, 1]),
            baseMs: between(random, 0, 1000),
            maxMs: between(random, 1000, 30_000),
          },
    limit: { adaptive: random() < 0.7, min: 1, max: whole(random, 1, 40) },
    ...(random() < 0.4 ? { rpm: whole(random, 1, 60) } : {}),
    ...(random() < 0.3 ? { tpm: whole(random, 500, 50_000) } : {}),
  };
}

function drawPool(random: Draw): PoolConfig {
  return {
    whenFull: random() < 0.5 ? 'wait' : 'reject',
    ...(random() < 0.7 ? { maxConcurrency: whole(random, random() < 0.1 ? 0 : 1, 10) } : {}),
    ...(random() < 0.5 ? { queue: whole(random, 0, 30) } : {}),
    ...(random() < 0.5 ? { tokensPerHour: whole(random, 0, 40_000) } : {}),
  };
}

function drawCall(random: Draw, { providers, lengthMs }: { providers: number; lengthMs: number }): CallPlan {
  const most = whole(random, 1, 3000);
  return {
    atMs: between(random, 0, random() < 0.5 ? 1000 : lengthMs),
    provider: whole(random, 0, providers - 1),
    pool: pick(random, ['target', 'target', 'judge', 'own']),
    caller: pick(random, ['run-1', 'run-2', 'run-3']),
    timeoutMs: pick(random, [500, 5_000, 60_000, 600_000]),
    leaveMs: random() < 0.15 ? between(random, 0, 30_000) : null,
    streamed: random() < 0.5,
    tokens: { most, used: whole(random, 0, most) },
  };
}

function many<T>(random: Draw, least: number, most: number, draw: (index: number) => T): T[] {
  return Array.from({ length: whole(random, least, most) }, (_, index) => draw(index));
}

function between(random: Draw, least: number, most: number): number {
  return least + random() * (most - least);
}

function whole(random: Draw, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

function pick<T>(random: Draw, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}
