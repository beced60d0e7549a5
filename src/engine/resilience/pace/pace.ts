import type { Clock } from '../../ports.ts';
import {
  type Allowance,
  type CallFacts,
  type Ending,
  type Permit,
  type Policy,
  Rejected,
} from '../policy.ts';
import type { ResilienceConfig } from '../resilienceConfig.ts';
import { Alarm } from '../waiting/alarm.ts';
import { WaitingRoom } from '../waiting/waitingRoom.ts';
import { askedUntil } from './askedUntil.ts';
import { MinuteCount } from './minuteCount.ts';
import { type Correct, MinuteLimit } from './minuteLimit.ts';
import { Pause } from './pause.ts';
import { Spreading } from './spreading.ts';

/** A second's worth of requests, and ten seconds' worth of tokens, may come together. */
const REQUESTS_BURST_MS = 1000;
const TOKENS_BURST_MS = 10_000;
/** Calls whose mean size counts. */
const REMEMBERED = 50;

export type PaceConfig = Pick<ResilienceConfig, 'rpm' | 'tpm'>;

/**
 * When calls to one provider begin: within the requests and tokens per minute that are configured, after the pause that the provider asks for,
 * and as slowly as what is left of its limits demands.
 */
export class Pace implements Policy {
  readonly name = 'pace';
  readonly #clock: Clock;
  readonly #room: WaitingRoom<Permit>;
  readonly #alarm: Alarm;
  #pause = new Pause();
  #spreading = new Spreading();
  readonly #used = { requests: new MinuteCount(), tokens: new MinuteCount() };
  #requests: MinuteLimit | undefined;
  #tokens: MinuteLimit | undefined;
  /** Mean tokens of a call that was answered. */
  #size: { calls: number; tokens: number } = { calls: 0, tokens: 0 };

  constructor(config: PaceConfig, clock: Clock) {
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => this.#serve());
    this.#room = new WaitingRoom(clock, () => this.#serve());
    this.#limit(config);
  }

  admit(call: CallFacts): Permit | Promise<Permit> {
    call.signal.throwIfAborted();
    const now = this.#clock.monotonic();
    const at = this.#at(call, now);
    if (this.#room.size === 0 && at <= now) return this.#begin(call, now);

    if (at >= call.deadline) throw this.#rejection(at, now);
    const turn = this.#room.wait(call, () => this.#rejection(this.#at(call, call.deadline), call.deadline));
    this.#watch(now);
    return turn;
  }

  /** Holds from now on. What was used in the last minute counts. */
  configure(config: PaceConfig): void {
    this.#limit(config);
    const now = this.#clock.monotonic();
    this.#room.refuse((call) => {
      const at = this.#at(call, now);
      return at >= call.deadline ? this.#rejection(at, now) : undefined;
    });
    this.#serve();
  }

  /** What the provider asked for does not hold any more. */
  forget(): void {
    this.#pause = new Pause();
    this.#spreading = new Spreading();
    this.#serve();
  }

  /** Takes in what the provider said about its limits. `tokens`: what the call needs that it said so to. */
  learn(ending: Pick<Ending, 'decision' | 'allowance' | 'durationMs'>, tokens?: number): void {
    const now = this.#clock.monotonic();
    // What was left when the call arrived may be history when it ends.
    const allowance = ending.decision.kind === 'done' ? stillTrue(ending, now) : ending.allowance;
    if (allowance) this.#spreading.learn(allowance, this.#tokensPerCall(), now);

    const until = askedUntil({ decision: ending.decision, allowance }, tokens);
    if (until === undefined || until <= now) return;
    this.#pause.extend(until, now);
    this.#room.refuse((call) => (until >= call.deadline ? this.#rejection(until, now) : undefined));
    this.#watch(now);
  }

  /** Times are monotonic, in milliseconds. */
  health(): {
    pausedUntil: number | null;
    waiting: number;
    requests: { used: number; limit: number | null };
    tokens: { used: number; limit: number | null };
  } {
    const now = this.#clock.monotonic();
    const { until } = this.#pause;
    return {
      pausedUntil: until !== undefined && until > now ? until : null,
      waiting: this.#room.size,
      requests: { used: this.#used.requests.sum(now), limit: this.#requests?.perMinute ?? null },
      tokens: { used: this.#used.tokens.sum(now), limit: this.#tokens?.perMinute ?? null },
    };
  }

  #limit({ rpm, tpm }: PaceConfig): void {
    const now = this.#clock.monotonic();
    const { requests, tokens } = this.#used;
    this.#requests =
      rpm === undefined ? undefined : new MinuteLimit(rpm, REQUESTS_BURST_MS, requests.parts(now));
    this.#tokens = tpm === undefined ? undefined : new MinuteLimit(tpm, TOKENS_BURST_MS, tokens.parts(now));
  }

  /** When the call may begin. */
  #at(call: CallFacts, now: number): number {
    return Math.max(
      now,
      this.#pause.at(now),
      this.#spreading.at(now),
      this.#requests?.at(1, now) ?? now,
      this.#tokens?.at(call.estimate.tokens, now) ?? now,
    );
  }

  #begin(call: CallFacts, now: number): Permit {
    this.#pause.admitted(now, this.#room.size > 0);
    this.#spreading.admitted(now);
    this.#used.requests.add(1, now);
    const taken = {
      requests: this.#requests?.take(1, now),
      tokens: this.#tokens?.take(call.estimate.tokens, now),
    };

    let settled = false;
    return {
      settle: (ending) => {
        if (settled) return;
        settled = true;
        this.#end(call, now, taken, ending);
      },
    };
  }

  #end(
    call: CallFacts,
    admittedAt: number,
    taken: { requests: Correct | undefined; tokens: Correct | undefined },
    ending: Ending,
  ): void {
    const { decision } = ending;
    const used =
      decision.kind === 'rejected' || decision.kind === 'rate-limited' ? (ending.tokens ?? 0) : ending.tokens;
    if (used !== null) taken.tokens?.(used);
    // Nothing was sent.
    if (decision.kind === 'rejected') taken.requests?.(0);
    if (used) this.#used.tokens.add(used, this.#clock.monotonic());

    switch (decision.kind) {
      case 'done':
        this.#pause.answered(admittedAt);
        if (used) this.#learnSize(used);
        break;
      case 'rate-limited':
        if (askedUntil(ending, call.estimate.tokens) === undefined)
          this.#pause.refused(admittedAt, this.#clock.monotonic());
        break;
      default:
    }

    const refused = decision.kind === 'rate-limited' || decision.kind === 'overloaded';
    if (refused || ending.allowance) this.learn(ending, refused ? call.estimate.tokens : 1);
    if (this.#room.size > 0) this.#serve();
  }

  #learnSize(tokens: number): void {
    const size = this.#size;
    size.calls = Math.min(REMEMBERED, size.calls + 1);
    size.tokens += (tokens - size.tokens) / size.calls;
  }

  #tokensPerCall(): number | undefined {
    return this.#size.calls === 0 ? undefined : this.#size.tokens;
  }

  #serve(): void {
    const now = this.#clock.monotonic();
    for (;;) {
      const { next } = this.#room;
      if (!next || this.#at(next, now) > now) break;
      this.#room.serve(this.#begin(next, now));
    }
    this.#watch(now);
  }

  #watch(now: number): void {
    const { next } = this.#room;
    this.#alarm.set(next ? this.#at(next, now) : Number.POSITIVE_INFINITY);
  }

  #rejection(at: number, now: number): Rejected {
    if (at === Number.POSITIVE_INFINITY) {
      const unit = this.#requests?.perMinute === 0 ? 'requests' : 'tokens';
      return new Rejected('pace', `the provider is limited to 0 ${unit} per minute`);
    }

    const time = new Date(this.#clock.now() + at - this.#clock.monotonic()).toISOString();
    const paused = this.#pause.at(now) >= at;
    const why = paused ? 'the provider accepts no calls' : 'the limits per minute are used up';
    return new Rejected('pace', `${why} until ${time}, after the call's deadline`, at);
  }
}

/** Limits that reset sooner than the call lasted are left out. */
function stillTrue(
  { allowance, durationMs }: Pick<Ending, 'allowance' | 'durationMs'>,
  now: number,
): Allowance | undefined {
  if (!allowance) return undefined;
  const kept: Allowance = {};
  for (const unit of ['requests', 'tokens'] as const) {
    const limit = allowance[unit];
    if (limit && (limit.resetAt === undefined || limit.resetAt > now + durationMs)) kept[unit] = limit;
  }
  return kept;
}
