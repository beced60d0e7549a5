import { noSpan } from '../ports.ts';
import { memoryLedger } from '../resilience/budget/memoryLedger.ts';
import { decide, type Evidence } from '../resilience/classify.ts';
import type { Attempted, Outcome } from '../resilience/guard.ts';
import { Rejected } from '../resilience/policy.ts';
import { ProviderGuards } from '../resilience/providerGuards.ts';
import type { PoolConfig, ResilienceConfig } from '../resilience/resilienceConfig.ts';
import { Xoshiro128 } from '../statistics/prng.ts';
import { Sample } from '../statistics/quantiles.ts';
import type { AssumedLimits } from './assumedLimits.ts';
import { ProviderModel, type SimulatedAnswer } from './providerModel.ts';
import { isAnswer, type Tape, type TapeCall } from './tape.ts';
import { VirtualClock } from './virtualClock.ts';

/** How calls are protected, as a configuration has it. */
export interface SimulatedPolicy {
  /** For people. */
  name: string;
  providers: { readonly [provider: string]: { resilience: ResilienceConfig; maxConcurrency?: number } };
  /** Of providers that are on the tape and not among them. */
  otherwise: ResilienceConfig;
  pools: { readonly [pool: string]: PoolConfig };
  /** Of a call, waits and retries included, in milliseconds. */
  timeoutMs: number;
  /** Calls at once that a run makes; for a tape of a run. */
  concurrency: number;
}

/** What came of a tape under a policy. */
export interface TapeOutcome {
  policy: string;
  /** From the first call to the end of the last, in milliseconds. */
  durationMs: number;
  calls: number;
  answered: number;
  /** Calls that ended in an error of the provider or of the request. */
  failed: number;
  /** Calls that a policy refused, by its name; nothing was sent for them, or nothing more. */
  rejected: { readonly [policy: string]: number };
  /** Requests that were sent, and of them those answered with 429 and those that the provider failed. */
  requests: number;
  rateLimited: number;
  providerFailures: number;
  /** US dollars for what was answered; null where the tape does not say. */
  costUsd: number | null;
  tokens: number;
  /** From a call's arrival to its end, over those that were answered, in milliseconds; null where none was. */
  callMs: { median: number | null; p95: number | null };
}

export interface ReplayOptions {
  seed: number;
  signal: AbortSignal;
  limits?: { readonly [provider: string]: AssumedLimits };
}

/**
 * Plays a tape against a policy, on a clock of its own: hours pass in no time, and the same seed gives the same outcome. Rejects
 * with the signal's reason.
 */
export async function replayTape(
  tape: Tape,
  policy: SimulatedPolicy,
  { seed, signal, limits }: ReplayOptions,
): Promise<TapeOutcome> {
  const clock = new VirtualClock();
  const replay = new Replay(tape, policy, { clock, random: Xoshiro128.seeded(seed), limits: limits ?? {} });
  return clock.run(() => replay.run(), signal);
}

interface ReplayPorts {
  clock: VirtualClock;
  random: Xoshiro128;
  limits: { readonly [provider: string]: AssumedLimits };
}

class Replay {
  readonly #tape: Tape;
  readonly #policy: SimulatedPolicy;
  readonly #clock: VirtualClock;
  readonly #guards: ProviderGuards;
  readonly #models: ReadonlyMap<string, ProviderModel>;
  readonly #latencies = new Sample();
  readonly #rejected = new Map<string, number>();
  readonly #counts = { answered: 0, failed: 0, requests: 0, rateLimited: 0, providerFailures: 0, tokens: 0 };
  #costUsd: number | null = 0;

  constructor(tape: Tape, policy: SimulatedPolicy, { clock, random, limits }: ReplayPorts) {
    this.#tape = tape;
    this.#policy = policy;
    this.#clock = clock;
    const ledger = memoryLedger();
    const chance = { next: () => random.next(), hex: (bytes: number) => '0'.repeat(bytes * 2) };
    this.#guards = new ProviderGuards({ clock, random: chance });
    this.#guards.pools.configure(policy.pools, () => ledger);
    const byProvider = Map.groupBy(tape.calls, ({ provider }) => provider);
    this.#models = new Map(
      [...byProvider].map(([provider, calls]) => {
        const asFastAsAllowed = tape.arrivals === 'as-fast-as-allowed';
        return [provider, new ProviderModel(calls, { random, limits: limits[provider], asFastAsAllowed })];
      }),
    );
  }

  async run(): Promise<TapeOutcome> {
    const { calls, arrivals } = this.#tape;
    if (arrivals === 'as-recorded') await Promise.all(calls.map((call) => this.#callAt(call, call.atMs)));
    else await this.#callAll(calls);

    return {
      policy: this.#policy.name,
      durationMs: this.#clock.monotonic(),
      calls: calls.length,
      ...this.#counts,
      rejected: Object.fromEntries(this.#rejected),
      costUsd: this.#costUsd,
      callMs: { median: this.#latencies.quantile(0.5) ?? null, p95: this.#latencies.quantile(0.95) ?? null },
    };
  }

  /** A run has all of its calls from the beginning, and makes so many at once. */
  async #callAll(calls: readonly TapeCall[]): Promise<void> {
    const rest = calls.values();
    const work = async () => {
      for (const call of rest) await this.#call(call);
    };
    await Promise.all(Array.from({ length: Math.max(1, this.#policy.concurrency) }, work));
  }

  async #callAt(call: TapeCall, atMs: number): Promise<void> {
    await this.#clock.sleep(atMs);
    await this.#call(call);
  }

  async #call(call: TapeCall): Promise<void> {
    const arrived = this.#clock.monotonic();
    const tokens = (call.inputTokens ?? 0) + (call.outputTokens ?? 0);
    const { timeoutMs } = this.#policy;
    try {
      const request = {
        pool: call.pool,
        caller: call.caller,
        signal: NEVER,
        timeoutMs,
        span: noSpan,
        estimate: () => ({ tokens, costUsd: call.costUsd }),
      };
      const answered = await this.#guardOf(call.provider).open(request, ({ signal }) =>
        this.#attempt(call, signal),
      );
      if (answered.stop?.kind === 'rejected') this.#reject(answered.stop.rejection.by);
      else if (!isAnswer(answered.value)) this.#counts.failed += 1;
      else this.#answer(call, tokens, arrived);
    } catch (error) {
      if (error instanceof Rejected) this.#reject(error.by);
      else this.#counts.failed += 1;
    }
  }

  #answer({ costUsd }: TapeCall, tokens: number, arrived: number): void {
    this.#counts.answered += 1;
    this.#counts.tokens += tokens;
    this.#latencies.add(this.#clock.monotonic() - arrived);
    this.#costUsd = this.#costUsd === null || costUsd === null ? null : this.#costUsd + costUsd;
  }

  #reject(policy: string): void {
    this.#rejected.set(policy, (this.#rejected.get(policy) ?? 0) + 1);
  }

  async #attempt(call: TapeCall, signal: AbortSignal): Promise<Attempted<SimulatedAnswer>> {
    const model = this.#models.get(call.provider);
    if (!model) throw new Error(`no model of ${call.provider}`);

    this.#counts.requests += 1;
    const value = model.answer(call, this.#clock.monotonic());
    if (value.outcome === 429) this.#counts.rateLimited += 1;
    else if (typeof value.outcome === 'string' || value.outcome >= 500) this.#counts.providerFailures += 1;
    await this.#clock.sleep(value.durationMs, signal);

    return { kind: 'ended', value, outcome: this.#outcomeOf(value, call) };
  }

  #outcomeOf({ outcome, retryAfterMs, left }: SimulatedAnswer, call: TapeCall): Outcome {
    const now = this.#clock.monotonic();
    const said = left && {
      allowance: {
        requests: { remaining: left.requests, limit: left.limit, resetAt: now + left.resetMs },
      },
    };
    if (isAnswer({ outcome })) {
      const tokens = (call.inputTokens ?? 0) + (call.outputTokens ?? 0);
      return { decision: { kind: 'done' }, tokens, costUsd: call.costUsd, ...said };
    }

    const decision = decide(evidenceOf(outcome, retryAfterMs), now);
    return { decision, tokens: 0, costUsd: 0, errorType: String(outcome), ...said };
  }

  #guardOf(provider: string) {
    const known = this.#policy.providers[provider];
    const { resilience, maxConcurrency } = known ?? {
      resilience: this.#policy.otherwise,
      maxConcurrency: undefined,
    };
    return this.#guards.of({ provider, origin: provider, credential: [], resilience, maxConcurrency });
  }
}

const NEVER = new AbortController().signal;

function evidenceOf(outcome: SimulatedAnswer['outcome'], waitMs: number | undefined): Evidence {
  switch (outcome) {
    case 'network':
      return { kind: 'fault', fault: { kind: 'network', code: 'ECONNRESET' } };
    case 'timeout':
    case 'cut':
      return { kind: outcome };
    default:
      return { kind: 'status', status: outcome, waitMs };
  }
}
