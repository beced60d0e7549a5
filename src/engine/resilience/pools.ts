import type { PoolHealth } from '../model/providerHealth.ts';
import { type Clock, type Log, noLog } from '../ports.ts';
import type { BudgetLedger } from './budget/hourlyLedger.ts';
import { memoryLedger } from './budget/memoryLedger.ts';
import { PoolBudget } from './budget/poolBudget.ts';
import { Bulkhead } from './bulkhead/bulkhead.ts';
import type { PoolLimitChange } from './guardControl.ts';
import type { Policy } from './policy.ts';
import type { PoolConfig } from './resilienceConfig.ts';

interface PoolPorts {
  clock: Clock;
  log?: Log | undefined;
}

/** One bulkhead with its budget. */
interface Pool {
  config: PoolConfig;
  /** Limits that a person set, in place of the configuration's. */
  given: Partial<PoolConfig>;
  bulkhead: Bulkhead;
  budget: PoolBudget | undefined;
  /** From the outside in. */
  policies: readonly Policy[];
}

const UNLIMITED: PoolConfig = { whenFull: 'wait' };

/** The bulkheads of a workspace, by name. One that nobody configured has no limits. */
export class Pools {
  readonly #ports: PoolPorts;
  readonly #pools = new Map<string, Pool>();
  #openLedger: () => BudgetLedger = memoryLedger;
  #ledger: BudgetLedger | undefined;

  constructor(ports: PoolPorts) {
    this.#ports = ports;
  }

  /** Holds from now on, for calls that wait as well. `openLedger` is called when the first budget is asked for. */
  configure(configs: { readonly [pool: string]: PoolConfig }, openLedger: () => BudgetLedger): void {
    if (this.#openLedger !== openLedger) this.#ledger = undefined;
    this.#openLedger = openLedger;
    for (const name of new Set([...this.#pools.keys(), ...Object.keys(configs)])) {
      const pool = this.#pool(name);
      pool.config = configs[name] ?? UNLIMITED;
      this.#apply(name, pool);
    }
  }

  policiesOf(name: string): readonly Policy[] {
    return this.#pool(name).policies;
  }

  /** False where there is no such bulkhead. */
  limit(name: string, change: PoolLimitChange): boolean {
    const pool = this.#pools.get(name);
    if (!pool) return false;
    pool.given = changed(pool.given, change);
    this.#apply(name, pool);
    return true;
  }

  /** Those that are configured or were used. */
  health(): PoolHealth[] {
    return [...this.#pools].map(([name, { bulkhead, budget }]) => ({
      pool: name,
      ...bulkhead.health(),
      ...(budget?.health() ?? { tokens: null, costUsd: null }),
    }));
  }

  #pool(name: string): Pool {
    const known = this.#pools.get(name);
    if (known) return known;

    const bulkhead = new Bulkhead(name, UNLIMITED, this.#ports.clock);
    const pool = { config: UNLIMITED, given: {}, bulkhead, budget: undefined, policies: [bulkhead] };
    this.#pools.set(name, pool);
    return pool;
  }

  #apply(name: string, pool: Pool): void {
    const limits: PoolConfig = { ...pool.config, ...pool.given };
    pool.bulkhead.configure(limits);

    const isLimited = limits.tokensPerHour !== undefined || limits.costPerHourUsd !== undefined;
    if (pool.budget) pool.budget.configure(limits);
    else if (isLimited) pool.budget = this.#openBudget(name, limits);
    pool.policies = pool.budget ? [pool.budget, pool.bulkhead] : [pool.bulkhead];
  }

  #openBudget(name: string, limits: PoolConfig): PoolBudget {
    const { clock, log } = this.#ports;
    // The ledger may change with the workspace's store.
    const ledger: BudgetLedger = {
      reserve: (...args) => this.#use().reserve(...args),
      settle: (...args) => this.#use().settle(...args),
      correct: (...args) => this.#use().correct(...args),
      used: (...args) => this.#use().used(...args),
    };
    return new PoolBudget(name, limits, ledger, clock, log ?? noLog);
  }

  #use(): BudgetLedger {
    this.#ledger ??= this.#openLedger();
    return this.#ledger;
  }
}

/** What a person set before stays, but for what is changed now. */
function changed(given: Partial<PoolConfig>, change: PoolLimitChange): Partial<PoolConfig> {
  const limits = Object.entries({ ...given, ...change });
  return Object.fromEntries(limits.filter(([, limit]) => limit !== null));
}
