import { formatCost, formatCount, formatDuration } from '../../model/figures.ts';
import type { BudgetHealth, PoolHealth } from '../../model/providerHealth.ts';
import { type Clock, type Log, noLog } from '../../ports.ts';
import {
  type CallEstimate,
  type CallFacts,
  type Ending,
  type Permit,
  type Policy,
  Rejected,
} from '../policy.ts';
import type { PoolConfig } from '../resilienceConfig.ts';
import { Alarm } from '../waiting/alarm.ts';
import { WaitingRoom } from '../waiting/waitingRoom.ts';
import type { BudgetLedger, BudgetRefusal, PoolLimits, Reservation } from './hourlyLedger.ts';
import { HOUR_MS, refusalOf } from './hourWindow.ts';

export type BudgetConfig = Pick<PoolConfig, 'owner' | 'tokensPerHour' | 'costPerHourUsd' | 'whenFull'>;

/** After its deadline, a call is still given this time to be settled, in milliseconds. */
const GRACE_MS = 30_000;
/** How often those who wait for calls of other processes look again, in milliseconds. */
const LOOK_AGAIN_MS = 500;

/** So many smaller calls may overtake one that waits; then all wait for it. */
const MOST_OVERTAKEN = 20;
/** How many of them are looked at, each time that something changes. */
const MOST_LOOKED_AT = 8;

const NOTHING: Permit = { settle: () => {} };

/**
 * What one pool may use in an hour. Each call reserves the most that it may use, and is settled by what it used; without a limit,
 * the ledger is never touched. A call waits within its deadline while calls under way may leave it enough; else it is rejected
 * with the time at which enough is free. Smaller calls overtake one that waits for more, but not without end.
 */
export class PoolBudget implements Policy {
  readonly name = 'budget';
  readonly #pool: string;
  readonly #ledger: BudgetLedger;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #room: WaitingRoom<Permit>;
  readonly #alarm: Alarm;
  #config: BudgetConfig;
  /** What the next of those who wait was refused for last. */
  #waitsFor: BudgetRefusal | undefined;
  /** How often the next of those who wait was overtaken. */
  #overtaken: { call: CallFacts; times: number } | undefined;

  constructor(pool: string, config: BudgetConfig, ledger: BudgetLedger, clock: Clock, log: Log = noLog) {
    this.#pool = pool;
    this.#config = config;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#log = log;
    this.#room = new WaitingRoom(clock, () => this.#serve());
    this.#alarm = new Alarm(clock, () => this.#serve());
  }

  admit(call: CallFacts): Permit | Promise<Permit> {
    call.signal.throwIfAborted();
    // Those who wait already come first.
    const asked = this.#room.size === 0 ? this.#ask(call) : this.#refuseForever(call);
    if (asked && 'settle' in asked) return asked;
    if (asked && !this.#mayWait(asked, call)) throw this.#rejection(asked, call.estimate);

    const waiting = this.#room.wait(call, () => this.#rejection(this.#waitsFor));
    this.#serve();
    return waiting;
  }

  /** Holds from now on, for calls that wait as well. */
  configure(config: BudgetConfig): void {
    this.#config = config;
    this.#serve();
  }

  /** Throws what the ledger throws. */
  health(): Pick<PoolHealth, 'tokens' | 'costUsd'> {
    if (!this.#isLimited) return { tokens: null, costUsd: null };
    const { tokensPerHour, costPerHourUsd } = this.#config;
    const { tokens, costUsd } = this.#ledger.used(this.#pool, this.#clock.now());
    return { tokens: healthOf(tokens, tokensPerHour), costUsd: healthOf(costUsd, costPerHourUsd) };
  }

  get #isLimited(): boolean {
    return this.#config.tokensPerHour !== undefined || this.#config.costPerHourUsd !== undefined;
  }

  /** Throws what the ledger throws. */
  #ask({ estimate, deadline }: CallFacts): Permit | BudgetRefusal {
    if (!this.#isLimited) return NOTHING;

    const now = this.#clock.now();
    const lastsMs = Math.min(deadline - this.#clock.monotonic() + GRACE_MS, HOUR_MS);
    const decision = this.#ledger.reserve(this.#pool, estimate, this.#config, now, now + lastsMs);
    return decision.granted ? this.#permit(decision.reservation) : decision.refusal;
  }

  /** Why a call would not be let through even if nothing else were. */
  #refuseForever({ estimate }: CallFacts): BudgetRefusal | undefined {
    const nothing = { used: 0, reserved: 0 };
    return refusalOf(estimate, this.#config, { tokens: nothing, costUsd: nothing }, () => [], 0);
  }

  #permit(reservation: Reservation): Permit {
    let settled = false;
    return {
      settle: (ending) => {
        if (settled) return;
        settled = true;
        this.#settle(reservation, ending);
        this.#serve();
      },
    };
  }

  /** An answer that has come is not lost to a store that fails: its reservation then counts as used once it expires. */
  #settle(reservation: Reservation, { tokens, costUsd }: Ending): void {
    try {
      this.#ledger.settle(reservation, { tokens, costUsd }, this.#clock.now());
    } catch (error) {
      const what = `a call could not be settled in ${this.#title}`;
      this.#log.write('warn', `${what}: ${String(error)}`);
    }
  }

  #serve(): void {
    for (let next = this.#room.next; next; next = this.#room.next) {
      const asked = this.#tryAsk(next);
      if (asked instanceof Error) this.#room.refuseNext(asked);
      else if ('settle' in asked) this.#room.serve(asked);
      else if (this.#mayWait(asked, next)) {
        this.#waitsFor = asked;
        this.#letOvertake(next);
        break;
      } else this.#room.refuseNext(this.#rejection(asked, next.estimate));
    }

    this.#alarm.set(this.#room.size > 0 ? this.#clock.monotonic() + LOOK_AGAIN_MS : Infinity);
  }

  /** What does not fit for one call may for a smaller one. What was refused to a call is not asked for again by one that is as large. */
  #letOvertake(next: CallFacts): void {
    if (this.#overtaken?.call !== next) this.#overtaken = { call: next, times: 0 };
    const overtaken = this.#overtaken;
    let tooLarge = next.estimate;
    let looked = 0;

    this.#room.serveBehind((call) => {
      if (overtaken.times >= MOST_OVERTAKEN || looked >= MOST_LOOKED_AT) return undefined;
      if (!isSmaller(call.estimate, tooLarge)) return undefined;

      looked += 1;
      const asked = this.#tryAsk(call);
      if (asked instanceof Error || !('settle' in asked)) {
        tooLarge = call.estimate;
        return undefined;
      }
      overtaken.times += 1;
      return asked;
    });
  }

  #tryAsk(call: CallFacts): Permit | BudgetRefusal | Error {
    try {
      return this.#ask(call);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Calls under way may use less than they reserved; what is spent comes free in its time. */
  #mayWait(refusal: BudgetRefusal, { deadline }: CallFacts): boolean {
    if (this.#config.whenFull === 'reject' || refusal.kind !== 'spent') return false;
    return refusal.mayFit || this.#monotonic(refusal.until) < deadline;
  }

  #rejection(refusal: BudgetRefusal | undefined, estimate?: CallEstimate): Rejected {
    switch (refusal?.kind) {
      case undefined:
        return new Rejected('budget', `${this.#title} had nothing left before the deadline`);
      case 'unpriced':
        return new Rejected(
          'budget',
          `${this.#title} is in dollars, and the cost of this call is unknown: ${estimate?.unpriced ?? 'set a price for its model'}${this.#config.owner === undefined ? ', or limit tokens_per_hour in place of cost_per_hour_usd' : ''}`,
        );
      case 'too large':
        return new Rejected(
          'budget',
          `this call may use more than ${this.#title} allows (${this.#limit(refusal.limit)}); raise the limit, or set max_tokens where a prompt allows more`,
        );
      case 'spent': {
        const inMs = Math.max(0, refusal.until - this.#clock.now());
        return new Rejected(
          'budget',
          `${this.#title} is used up (${this.#limit(refusal.limit)}); enough is free again in ${formatDuration(inMs)}`,
          this.#monotonic(refusal.until),
        );
      }
    }
  }

  get #title(): string {
    return `the budget of ${this.#config.owner ?? `the bulkhead '${this.#pool}'`}`;
  }

  #limit(limit: keyof PoolLimits): string {
    const most = this.#config[limit] ?? 0;
    return limit === 'tokensPerHour' ? `${formatCount(most)} tokens an hour` : `${formatCost(most)} an hour`;
  }

  #monotonic(wall: number): number {
    return this.#clock.monotonic() + wall - this.#clock.now();
  }
}

function isSmaller(one: CallEstimate, other: CallEstimate): boolean {
  const costs = (one.costUsd ?? Infinity) < (other.costUsd ?? Infinity);
  return one.tokens < other.tokens || costs;
}

function healthOf(use: { used: number; reserved: number }, limit: number | undefined): BudgetHealth | null {
  return limit === undefined ? null : { ...use, limit };
}
