import type { BreakerHealth } from '../../model/providerHealth.ts';
import { type Clock, type Log, noLog, type Random } from '../../ports.ts';
import { type CallFacts, type Ending, type Permit, type Policy, Rejected } from '../policy.ts';
import type { BreakerConfig } from '../resilienceConfig.ts';
import { Alarm } from '../waiting/alarm.ts';
import { WaitingRoom } from '../waiting/waitingRoom.ts';
import {
  type Admission,
  admitCall,
  atTime,
  type BreakerState,
  callsOf,
  closed,
  isolated,
  settleCall,
  type Ticket,
  triedEarly,
  verdictOf,
} from './breakerState.ts';

type Kind = BreakerState['kind'];

/** A breaker went from one kind of state to another. */
export interface BreakerChange {
  from: Kind;
  to: Kind;
  /** Why it opened; undefined for other changes. */
  reason: string | undefined;
}

export interface BreakerPorts {
  clock: Clock;
  random: Random;
  log?: Log;
}

/**
 * The circuit breaker of one provider. While it is closed, a call costs no timer and no promise. Calls that it refuses are rejected
 * at once, or wait within their deadline where they ask to (`CallFacts.waits`).
 */
export class Breaker implements Policy {
  readonly name = 'breaker';
  readonly #config: BreakerConfig;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #draw: () => number;
  readonly #listeners = new Set<(change: BreakerChange) => void>();
  readonly #room: WaitingRoom<Permit>;
  /** For those who wait: when time alone may let them through. */
  readonly #alarm: Alarm;
  #state: BreakerState;

  constructor(config: BreakerConfig, { clock, random, log = noLog }: BreakerPorts) {
    this.#config = config;
    this.#clock = clock;
    this.#log = log;
    this.#draw = () => random.next();
    this.#room = new WaitingRoom(clock, () => this.#serve());
    this.#alarm = new Alarm(clock, (now) => this.#serve(now));
    this.#state = closed(clock.monotonic());
  }

  admit(call: CallFacts): Permit | Promise<Permit> {
    call.signal.throwIfAborted();
    const now = this.#advance();
    // Those who have waited come first.
    if (this.#room.size > 0) this.#serve();

    const admission = this.#ask(call, now);
    if (admission.granted) return this.#permit(admission.ticket);
    if (!call.waits || isTooLate(admission, call)) throw this.#rejection(admission);

    const waiting = this.#room.wait(call, () => this.#rejection(admission));
    this.#serve();
    return waiting;
  }

  /** Lets no call through until `reset`. */
  isolate(): void {
    const now = this.#advance();
    this.#set(isolated(this.#state, now));
    this.#serve();
  }

  /** Where it is open, lets probes through at once, one after the other; one that fails leaves it open for the rest of its time. */
  tryEarly(): void {
    const now = this.#advance();
    this.#set(triedEarly(this.#state, now));
    this.#serve();
  }

  /** Closes it, as if nothing had happened. */
  reset(): void {
    this.#set(closed(this.#advance(), this.#state.epoch + 1));
    this.#serve();
  }

  /** Returns what removes the listener again. */
  onDidChange(listener: (change: BreakerChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Nothing changes by looking. */
  health(): BreakerHealth {
    const now = this.#clock.monotonic();
    const state = atTime(this.#state, now, this.#config, () => 0);
    const wall = (at: number) => this.#clock.now() + at - now;
    const since = wall(state.since);

    switch (state.kind) {
      case 'closed':
        return { state: 'closed' };
      case 'open':
        return { state: 'open', since, until: wall(state.until), reason: state.reason };
      case 'half-open':
        return { state: 'half-open', since, probes: state.probes.length };
      case 'isolated':
        return { state: 'isolated', since };
    }
  }

  /** The calls that it decides by; where it is not closed, those that it opened by. */
  calls(): { total: number; failed: number; slow: number } {
    const { total, failed, slow } = callsOf(this.#state, this.#clock.monotonic(), this.#config);
    return { total, failed, slow };
  }

  #ask(call: CallFacts, now: number): Admission {
    const [state, admission] = admitCall(this.#state, now, call.deadline, this.#config);
    this.#set(state);
    return admission;
  }

  #permit(ticket: Ticket): Permit {
    return new BreakerPermit(
      ticket.probe !== undefined,
      () => ticket.epoch !== this.#state.epoch,
      (ending) => this.#settle(ticket, ending),
    );
  }

  #settle(ticket: Ticket, ending: Ending): void {
    const now = this.#advance();
    const verdict = verdictOf(ending, this.#config.slowMs);
    this.#set(settleCall(this.#state, ticket, verdict, now, this.#config, this.#draw));
    this.#serve();
  }

  #advance(now = this.#clock.monotonic()): number {
    this.#set(atTime(this.#state, now, this.#config, this.#draw));
    return now;
  }

  #set(state: BreakerState): void {
    const from = this.#state;
    this.#state = state;
    if (from.epoch !== state.epoch) this.#tell({ from: from.kind, to: state.kind, reason: reasonOf(state) });
  }

  #tell(change: BreakerChange): void {
    for (const listener of this.#listeners)
      try {
        listener(change);
      } catch (error) {
        this.#log.write('error', `a listener of a circuit breaker failed: ${String(error)}`);
      }
  }

  /** Lets those through who wait, as far as the state allows, and tells those whom it never will. */
  #serve(time?: number): void {
    const now = this.#advance(time);

    for (let next = this.#room.next; next; next = this.#room.next) {
      const admission = this.#ask(next, now);
      if (admission.granted) {
        this.#room.serve(this.#permit(admission.ticket));
        continue;
      }

      this.#room.refuse((call) => (isTooLate(admission, call) ? this.#rejection(admission) : undefined));
      break;
    }

    this.#alarm.set(this.#room.size > 0 ? wakeOf(this.#state) : Infinity);
  }

  #rejection({ until, reason }: Admission & { granted: false }): Rejected {
    return new Rejected('breaker', `the circuit breaker is ${reason}`, until);
  }
}

/** Isolation ends by hand only: nobody waits for it. */
function isTooLate({ until, isolated }: Admission & { granted: false }, call: CallFacts): boolean {
  return isolated || (until !== undefined && until >= call.deadline);
}

function wakeOf(state: BreakerState): number {
  switch (state.kind) {
    case 'open':
      return state.until;
    case 'half-open':
      return Math.min(...state.probes.map(({ until }) => until));
    case 'closed':
    case 'isolated':
      return Infinity;
  }
}

function reasonOf(state: BreakerState): string | undefined {
  return state.kind === 'open' ? state.reason : undefined;
}

/** A class for the reason of `KnownFacts`. */
class BreakerPermit implements Permit {
  readonly probe: boolean;
  readonly #isStale: () => boolean;
  readonly #settle: (ending: Ending) => void;
  #isSettled = false;

  constructor(probe: boolean, isStale: () => boolean, settle: (ending: Ending) => void) {
    this.probe = probe;
    this.#isStale = isStale;
    this.#settle = settle;
  }

  get stale(): boolean {
    return this.#isStale();
  }

  settle(ending: Ending): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#settle(ending);
  }
}
