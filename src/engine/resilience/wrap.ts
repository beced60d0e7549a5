import { EVENT, GENERAL, RETRY, WAIT } from '../telemetry/attributes.ts';
import { KnownFacts } from './callFacts.ts';
import { Deadline, DeadlineReached } from './deadline.ts';
import type { Decision } from './decision.ts';
import type { Answered, Attempt, CallRequest, Guard, Guarding, Outcome, Stop } from './guard.ts';
import { Permits } from './permits.ts';
import { type CallFacts, type Ending, type Permit, type Policy, Rejected } from './policy.ts';
import type { StopReason } from './retry/nextWait.ts';

/** One guard of all policies. */
export function wrap(guarding: Guarding): Guard {
  return {
    open: (call, attempt) => new CallPassage(guarding, call).open(attempt),
  };
}

/** One call on its way through the policies. */
class CallPassage {
  readonly #guarding: Guarding;
  readonly #call: CallRequest;
  readonly #deadline: Deadline;
  readonly #facts: CallFacts;
  #whole = new Permits();
  #attempt = new Permits();
  /** When the attempt that is under way began. */
  #begun: number | undefined;
  /** Spent on pauses of the provider and between attempts, against the call's patience. */
  #pausedMs = 0;
  /** Of all attempts since the whole call was admitted. */
  #tokens: number | null = 0;
  #costUsd: number | null = 0;

  constructor(guarding: Guarding, call: CallRequest) {
    call.signal.throwIfAborted();
    this.#guarding = guarding;
    this.#call = call;
    this.#deadline = new Deadline(guarding.clock, call.timeoutMs, call.signal);
    const patienceLeft = () => call.patienceMs && Math.max(0, call.patienceMs - this.#pausedMs);
    this.#facts = new KnownFacts(call, this.#deadline, patienceLeft, guarding.estimate);
  }

  async open<T>(attempt: Attempt<T>): Promise<Answered<T>> {
    try {
      await this.#admitWhole();
      return await this.#attempts(attempt);
    } catch (error) {
      this.#abandon(error);
      throw error instanceof DeadlineReached ? error : this.#reasonFor(error);
    }
  }

  #reasonFor(error: unknown): unknown {
    const { aborted, reason } = this.#deadline.signal;
    return aborted ? reason : error;
  }

  async #attempts<T>(attempt: Attempt<T>): Promise<Answered<T>> {
    const { clock, retry, events } = this.#guarding;
    const { signal, at } = this.#deadline;
    let failed: { value: T; ending: Ending } | undefined;
    /** Attempts that do not count. */
    let named = 0;
    for (let number = 1; ; number += 1) {
      const rejection = await this.#admitAttempt(failed?.ending);
      if (failed && rejection)
        return this.#answered(failed.value, number - 1, failed.ending, { kind: 'rejected', rejection });

      const { probe } = this.#attempt;
      if (number === 1 && !probe) retry.begun();
      events?.attempted(number, probe);
      this.#begun = clock.monotonic();
      const attempted = await attempt({ signal, number, deadline: at });
      if (attempted.kind === 'begun') return this.#answered(attempted.value, number);

      const { value, outcome } = attempted;
      const ending = this.#endAttempt(outcome);
      this.#call.signal.throwIfAborted();
      if (ending.decision.kind === 'done' || outcome.final || signal.aborted)
        return this.#answered(value, number, ending);

      const next = retry.next(number - named, ending, this.#facts, { handedOn: false, probe, named });
      if ('stop' in next) return this.#answered(value, number, ending, this.#stop(next));
      if (next.named) named += 1;

      failed = { value, ending };
      if (isSpent(ending)) this.#settleWhole(ending);
      this.#call.span.event(EVENT.retry, {
        [RETRY.attempt]: number,
        [RETRY.waitMs]: next.waitMs,
        [GENERAL.errorType]: outcome.errorType,
      });
      this.#pausedMs += next.waitMs;
      await this.#waited(clock.sleep(next.waitMs, signal));
    }
  }

  #stop({ stop, until }: { stop: StopReason; until: number | undefined }): Stop | undefined {
    if (stop === 'final') return undefined;
    const leftMs = Math.max(0, this.#deadline.at - this.#guarding.clock.monotonic());
    return { kind: stop, until, leftMs };
  }

  async #admitWhole(): Promise<void> {
    for (const policy of this.#guarding.poolPolicies(this.#call.pool)) {
      const admitted = this.#admit(policy, this.#whole);
      // What is there at once costs no turn of the event loop.
      if (admitted) await admitted;
    }
  }

  /** What was reserved is used up: whatever comes after it is reserved anew. */
  #settleWhole(ending: Ending): void {
    this.#whole.settle({ ...ending, tokens: this.#tokens, costUsd: this.#costUsd });
    this.#whole = new Permits();
    this.#tokens = 0;
    this.#costUsd = 0;
  }

  /** All policies of an attempt, or none of them. A rejection is given back where an earlier attempt can answer for the call. */
  async #admitAttempt(failed: Ending | undefined): Promise<Rejected | undefined> {
    try {
      if (failed && isSpent(failed)) await this.#admitWhole();
      do {
        this.#attempt.settle(UNSENT);
        this.#attempt = new Permits();
        for (const policy of this.#guarding.attemptPolicies) {
          const admitted = this.#admit(policy, this.#attempt);
          if (admitted) await admitted;
        }
      } while (this.#attempt.stale);
      return undefined;
    } catch (error) {
      this.#attempt.settle(unsent(error));
      if (failed && error instanceof Rejected) return error;
      throw error;
    }
  }

  #admit(policy: Policy, permits: Permits): Promise<void> | undefined {
    try {
      const permit = policy.admit(this.#facts);
      if (permit instanceof Promise) return this.#waitFor(policy, permit, permits);
      permits.add(permit);
      return undefined;
    } catch (error) {
      throw this.#refused(error);
    }
  }

  async #waitFor(policy: Policy, permit: Promise<Permit>, permits: Permits): Promise<void> {
    const { clock } = this.#guarding;
    const since = clock.monotonic();
    try {
      permits.add(await this.#waited(permit));
    } catch (error) {
      throw this.#refused(error);
    } finally {
      const waitMs = clock.monotonic() - since;
      if (policy.name === 'pace') this.#pausedMs += waitMs;
      this.#call.span.event(EVENT.wait, { [WAIT.policy]: policy.name, [WAIT.waitMs]: Math.round(waitMs) });
    }
  }

  async #waited<T>(wait: Promise<T>): Promise<T> {
    const over = this.#guarding.events?.waits();
    try {
      return await wait;
    } finally {
      over?.();
    }
  }

  #refused(error: unknown): unknown {
    if (!(error instanceof Rejected)) return error;

    // Whoever only waited for a place is too late, and nobody said no.
    const { by, message } = error;
    const isLate = this.#guarding.clock.monotonic() >= this.#deadline.at;
    if (isLate && (by === 'limit' || by === 'bulkhead'))
      return new DeadlineReached(this.#deadline.limitMs, message);

    this.#guarding.events?.rejected();
    this.#call.span.event(EVENT.rejected, { [WAIT.policy]: by });
    return this.#named(error);
  }

  /** Policies of an attempt do not know whose they are. */
  #named(rejection: Rejected): Rejected {
    const { by, message, until } = rejection;
    if (by === 'budget' || by === 'bulkhead')
      return new Rejected(by, message, until, { of: this.#call.pool });

    const { model } = this.#call;
    const { provider } = this.#guarding;
    const of = model === undefined ? provider : `${provider}/${model}`;
    return new Rejected(by, `${of}: ${message}`, until, { of });
  }

  #answered<T>(value: T, attempts: number, ending?: Ending, stop?: Stop): Answered<T> {
    if (ending) this.#end(ending);
    return {
      value,
      attempts,
      ending,
      stop,
      settle: (outcome) => {
        if (this.#begun !== undefined) this.#end(this.#endAttempt(outcome));
      },
    };
  }

  #endAttempt(outcome: Outcome): Ending {
    const { decision, silentMs, tokens, costUsd, unpriced, allowance } = outcome;
    const durationMs = this.#guarding.clock.monotonic() - (this.#begun ?? 0);
    this.#begun = undefined;
    this.#tokens = sum(this.#tokens, tokens);
    this.#costUsd = sum(this.#costUsd, costUsd);

    const ending: Ending = {
      decision,
      durationMs,
      silentMs: silentMs ?? durationMs,
      tokens,
      costUsd,
      unpriced,
    };
    if (allowance) ending.allowance = allowance;
    this.#attempt.settle(ending);
    this.#guarding.events?.ended(ending);
    return ending;
  }

  #end(last: Ending): void {
    this.#deadline.end();
    this.#settleWhole(last);
  }

  /** The call brought nothing: it was refused, stopped, or has a bug. */
  #abandon(error: unknown): void {
    if (this.#begun === undefined) {
      this.#end({ ...unsent(error), tokens: this.#tokens, costUsd: this.#costUsd });
      return;
    }

    this.#end(this.#endAttempt({ decision: this.#cutOff(), tokens: null, costUsd: null }));
  }

  /** An attempt that a time limit cut off was given the better part of the call's time, or says nothing of its provider. */
  #cutOff(): Decision {
    const { clock } = this.#guarding;
    const { signal, limitMs } = this.#deadline;
    const expired = signal.aborted && !this.#call.signal.aborted;
    const ranMs = clock.monotonic() - (this.#begun ?? 0);
    return expired && ranMs >= limitMs / 2 ? { kind: 'transient' } : { kind: 'caller' };
  }
}

/** An attempt that was given up before it began: nothing was sent, so nothing was used. */
const UNSENT: Ending = { decision: { kind: 'caller' }, durationMs: 0, silentMs: 0, tokens: 0, costUsd: 0 };

function unsent(error: unknown): Ending {
  if (!(error instanceof Rejected)) return UNSENT;
  return { ...UNSENT, decision: { kind: 'rejected', by: error.by, until: error.until } };
}

/** Whether an attempt used, or may have used, what was reserved for the call. */
const isSpent = ({ tokens }: Ending): boolean => tokens !== 0;

function sum(before: number | null, more: number | null): number | null {
  return before === null || more === null ? null : before + more;
}
