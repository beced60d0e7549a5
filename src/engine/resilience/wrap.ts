import { EVENT, GENERAL, RETRY, WAIT } from '../telemetry/attributes.ts';
import { Deadline } from './deadline.ts';
import type { Decision } from './decision.ts';
import type { Answered, Attempt, CallRequest, Guard, Guarding, Outcome, Stop } from './guard.ts';
import { Permits } from './permits.ts';
import { type CallFacts, type Ending, type Policy, Rejected } from './policy.ts';

/** One guard of all policies. */
export function wrap(guarding: Guarding): Guard {
  return {
    open: (call, attempt) => new CallPassage(guarding, call).open(attempt),
  };
}

/** Whoever waits for a breaker looks again after so long at most: it may have closed early. */
const LOOK_AGAIN_MS = 1000;

/** One call on its way through the policies. */
class CallPassage {
  readonly #guarding: Guarding;
  readonly #call: CallRequest;
  readonly #deadline: Deadline;
  readonly #facts: CallFacts;
  readonly #whole = new Permits();
  #attempt = new Permits();
  /** When the attempt that is under way began. */
  #begun: number | undefined;
  /** Of all attempts. */
  #tokens: number | null = 0;
  #costUsd: number | null = 0;

  constructor(guarding: Guarding, call: CallRequest) {
    call.signal.throwIfAborted();
    this.#guarding = guarding;
    this.#call = call;
    this.#deadline = new Deadline(guarding.clock, call.timeoutMs, call.signal);
    this.#facts = factsOf(call, this.#deadline);
  }

  async open<T>(attempt: Attempt<T>): Promise<Answered<T>> {
    try {
      const { poolPolicies } = this.#guarding;
      for (const policy of poolPolicies(this.#call.pool)) await this.#admit(policy, this.#whole);
      return await this.#attempts(attempt);
    } catch (error) {
      this.#abandon(error);
      throw this.#deadline.signal.aborted ? this.#deadline.signal.reason : error;
    }
  }

  async #attempts<T>(attempt: Attempt<T>): Promise<Answered<T>> {
    const { clock, random, retry } = this.#guarding;
    const { signal, at } = this.#deadline;
    let failed: { value: T; ending: Ending } | undefined;
    for (let number = 1; ; number += 1) {
      const rejection = await this.#admitAttempt(failed !== undefined);
      if (failed && rejection)
        return this.#answered(failed.value, number - 1, failed.ending, { kind: 'rejected', rejection });

      this.#begun = clock.monotonic();
      const attempted = await attempt({ signal, number, deadline: at });
      if (attempted.kind === 'begun') return this.#answered(attempted.value, number);

      const { value, outcome } = attempted;
      const ending = this.#endAttempt(outcome);
      this.#call.signal.throwIfAborted();
      if (!mayRepeat(ending.decision) || outcome.final || signal.aborted)
        return this.#answered(value, number, ending);

      const next = retry.next(number, ending, { now: clock.monotonic(), random });
      if ('stop' in next) return this.#answered(value, number, ending, { kind: next.stop });

      const leftMs = Math.max(0, at - clock.monotonic());
      if (next.waitMs >= leftMs)
        return this.#answered(value, number, ending, { kind: 'deadline', waitMs: next.waitMs, leftMs });

      failed = { value, ending };
      this.#call.span.event(EVENT.retry, {
        [RETRY.attempt]: number,
        [RETRY.waitMs]: next.waitMs,
        [GENERAL.errorType]: outcome.errorType,
      });
      await clock.sleep(next.waitMs, signal);
    }
  }

  /** All policies of an attempt, or none of them. A rejection is given back where an earlier attempt can answer for the call. */
  async #admitAttempt(repeated: boolean): Promise<Rejected | undefined> {
    this.#attempt = new Permits();
    try {
      for (const policy of this.#guarding.attemptPolicies) {
        const admitted = this.#admit(policy, this.#attempt);
        // What is there at once costs no turn of the event loop.
        if (admitted) await admitted;
      }
      return undefined;
    } catch (error) {
      this.#attempt.settle(unsent(error));
      if (repeated && error instanceof Rejected) return error;
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
      return this.#refused(policy, error, permits);
    }
  }

  async #waitFor(policy: Policy, permit: ReturnType<Policy['admit']>, permits: Permits): Promise<void> {
    const { clock } = this.#guarding;
    const since = clock.monotonic();
    try {
      permits.add(await permit);
    } catch (error) {
      return this.#refused(policy, error, permits);
    } finally {
      this.#call.span.event(EVENT.wait, {
        [WAIT.policy]: policy.name,
        [WAIT.waitMs]: Math.round(clock.monotonic() - since),
      });
    }
  }

  /** A short outage is waited for; whatever else is refused is refused. */
  async #refused(policy: Policy, error: unknown, permits: Permits): Promise<void> {
    if (!(error instanceof Rejected)) throw error;

    const { clock, random } = this.#guarding;
    const { until } = error;
    if (policy.name !== 'breaker' || until === undefined || until >= this.#deadline.at) {
      this.#call.span.event(EVENT.rejected, { [WAIT.policy]: error.by });
      throw this.#named(error);
    }

    const since = clock.monotonic();
    const waitMs = Math.min(Math.max(0, until - since), LOOK_AGAIN_MS) + random.next();
    await clock.sleep(waitMs, this.#deadline.signal);
    this.#call.span.event(EVENT.wait, { [WAIT.policy]: policy.name, [WAIT.waitMs]: Math.round(waitMs) });
    await this.#admit(policy, permits);
  }

  /** Policies of an attempt do not know whose they are. */
  #named(rejection: Rejected): Rejected {
    const { by, message, until } = rejection;
    if (by === 'budget' || by === 'bulkhead')
      return new Rejected(by, message, until, { of: this.#call.pool });

    const { provider } = this.#guarding;
    return new Rejected(by, `${provider}: ${message}`, until, { of: provider });
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
    const { decision, silentMs, tokens, costUsd, allowance } = outcome;
    const durationMs = this.#guarding.clock.monotonic() - (this.#begun ?? 0);
    this.#begun = undefined;
    this.#tokens = sum(this.#tokens, tokens);
    this.#costUsd = sum(this.#costUsd, costUsd);

    const ending: Ending = { decision, durationMs, silentMs: silentMs ?? durationMs, tokens, costUsd };
    if (allowance) ending.allowance = allowance;
    this.#attempt.settle(ending);
    return ending;
  }

  #end(last: Ending): void {
    this.#deadline.end();
    this.#whole.settle({ ...last, tokens: this.#tokens, costUsd: this.#costUsd });
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

function factsOf({ pool, caller, estimate }: CallRequest, { signal, at }: Deadline): CallFacts {
  let known: CallFacts['estimate'] | undefined;
  return {
    pool,
    caller,
    signal,
    deadline: at,
    get estimate() {
      known ??= estimate?.() ?? { tokens: 0, costUsd: null };
      return known;
    },
  };
}

function mayRepeat({ kind }: Decision): boolean {
  return kind === 'transient' || kind === 'rate-limited' || kind === 'overloaded';
}

/** Nothing was sent, so nothing was used. */
function unsent(error: unknown): Ending {
  const decision: Decision =
    error instanceof Rejected ? { kind: 'rejected', by: error.by, until: error.until } : { kind: 'caller' };
  return { decision, durationMs: 0, silentMs: 0, tokens: 0, costUsd: 0 };
}

function sum(before: number | null, more: number | null): number | null {
  return before === null || more === null ? null : before + more;
}
