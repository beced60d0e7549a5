import type { BreakerHealth } from '../../../src/engine/model/providerHealth.ts';
import type { PoolConfig } from '../../../src/engine/resilience/resilienceConfig.ts';
import type { CallPlan, ProviderPlan, WorldPlan } from './worldPlan.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Times are sums of fractions. */
const CLOSE = 1e-6;
/** So many of them are no attempts that count. */
const MOST_PUT_OFF = 20;

/** Sees every call and attempt of a world, and says what must never happen. */
export class Observer {
  readonly violations: string[] = [];
  readonly #plan: WorldPlan;
  readonly #underWay = new Map<string, number>();
  readonly #begun = new Map<string, { at: number; tokens: number }[]>();
  readonly #spent = new Map<string, { at: number; tokens: number }[]>();

  constructor(plan: WorldPlan) {
    this.#plan = plan;
  }

  /** An attempt is sent by a process; returns what is to be called when nothing more comes of it. */
  attempt(process: number, call: CallPlan, now: number, breaker: BreakerHealth | undefined): () => void {
    const provider = this.#provider(call);
    if (breaker && (breaker.state === 'open' || breaker.state === 'isolated'))
      this.#violated(now, `${provider.name}: a request is sent while the breaker is ${breaker.state}`);

    const leaveProvider = this.#enter(`${process} ${provider.name}`, mostOf(provider), now);
    this.#minute(`${process} ${provider.name}`, provider, { at: now, tokens: call.tokens.most });
    return leaveProvider;
  }

  /** A call has passed its bulkhead; the same. */
  inPool(process: number, call: CallPlan, now: number): () => void {
    return this.#enter(`${process} pool ${call.pool}`, this.#pool(call)?.maxConcurrency ?? Infinity, now);
  }

  /** The provider has used tokens for a call. */
  spend(call: CallPlan, tokens: number, now: number): void {
    const limit = this.#pool(call)?.tokensPerHour;
    if (limit === undefined) return;
    const spent = this.#spent.get(call.pool) ?? [];
    this.#spent.set(call.pool, spent);
    spent.push({ at: now, tokens });
    const within = spent.filter(({ at }) => at > now - HOUR_MS);
    const sum = within.reduce((total, one) => total + one.tokens, 0);
    if (sum > limit)
      this.#violated(now, `${call.pool}: ${sum} tokens in an hour, where ${limit} are allowed`);
  }

  /** A call has ended for whoever made it. `putOff`: attempts that were refused with a time at which to come back. */
  ended(call: CallPlan, { attempts, putOff }: { attempts: number; putOff: number }, now: number): void {
    const counted = this.#provider(call).resilience.retry?.attempts ?? 1;
    const most = counted > 1 ? counted + Math.min(MOST_PUT_OFF, putOff) : 1;
    const latest = call.atMs + call.timeoutMs;
    if (now > latest + CLOSE) this.#violated(now, `a call ends ${now - latest} ms after its deadline`);
    if (attempts > most) this.#violated(now, `a call takes ${attempts} attempts, where ${most} are allowed`);
  }

  /** Nothing goes on any more. */
  atRest(what: string, counts: { [name: string]: number }): void {
    for (const [name, count] of Object.entries(counts))
      if (count !== 0) this.violations.push(`at rest, ${what} still has ${count} ${name}`);
  }

  handedOnAgain(call: CallPlan, now: number): void {
    this.#violated(
      now,
      `${this.#provider(call).name}: a request is sent again although content was handed on`,
    );
  }

  #enter(key: string, most: number, now: number): () => void {
    const count = (this.#underWay.get(key) ?? 0) + 1;
    this.#underWay.set(key, count);
    if (count > most) this.#violated(now, `${key}: ${count} at once, where ${most} are allowed`);

    let left = false;
    return () => {
      if (!left) this.#underWay.set(key, (this.#underWay.get(key) ?? 0) - 1);
      left = true;
    };
  }

  #minute(key: string, { resilience: { rpm } }: ProviderPlan, attempt: { at: number; tokens: number }): void {
    const attempts = this.#begun.get(key) ?? [];
    this.#begun.set(key, attempts);
    attempts.push(attempt);
    if (rpm === undefined) return;
    const within = attempts.filter(({ at }) => at > attempt.at - MINUTE_MS + CLOSE);
    if (within.length > rpm)
      this.#violated(attempt.at, `${key}: ${within.length} requests in a minute, where ${rpm} are allowed`);
  }

  #violated(now: number, what: string): void {
    this.violations.push(`at ${Math.round(now)} ms, ${what}`);
  }

  #provider({ provider }: CallPlan): ProviderPlan {
    const plan = this.#plan.providers[provider];
    if (!plan) throw new Error(`no provider ${provider}`);
    return plan;
  }

  #pool({ pool }: CallPlan): PoolConfig | undefined {
    return this.#plan.pools[pool];
  }
}

function mostOf({ maxConcurrency, resilience }: ProviderPlan): number {
  return Math.min(maxConcurrency, resilience.limit.max);
}
