import type { Clock } from '../../ports.ts';
import { type CallFacts, type Ending, type Permit, type Policy, Rejected, waitsUntil } from '../policy.ts';
import type { ResilienceConfig } from '../resilienceConfig.ts';
import { Alarm } from '../waiting/alarm.ts';
import { WaitingRoom } from '../waiting/waitingRoom.ts';
import { MinuteCount } from './minuteCount.ts';
import { type Correct, MinuteLimit } from './minuteLimit.ts';
import { ModelPace } from './modelPace.ts';

/** A second's worth of requests, and ten seconds' worth of tokens, may come together. */
const REQUESTS_BURST_MS = 1000;
const TOKENS_BURST_MS = 10_000;

export type PaceConfig = Pick<ResilienceConfig, 'rpm' | 'tpm'>;

/**
 * When calls to one provider begin: within the requests and tokens per minute that are configured for all of its models together, after
 * the pause that it asks for a model, and as slowly as what is left of the model's limits demands.
 */
export class Pace implements Policy {
  readonly name = 'pace';
  readonly #clock: Clock;
  readonly #room: WaitingRoom<Permit>;
  readonly #alarm: Alarm;
  /** By model; undefined stands for calls that name none. */
  readonly #models = new Map<string | undefined, ModelPace>();
  readonly #used = { requests: new MinuteCount(), tokens: new MinuteCount() };
  #requests: MinuteLimit | undefined;
  #tokens: MinuteLimit | undefined;

  constructor(config: PaceConfig, clock: Clock) {
    this.#clock = clock;
    this.#alarm = new Alarm(clock, (now) => this.#serve(now));
    this.#room = new WaitingRoom(clock, () => this.#serve());
    this.#limit(config);
  }

  admit(call: CallFacts): Permit | Promise<Permit> {
    call.signal.throwIfAborted();
    const now = this.#clock.monotonic();
    const at = this.#at(call, now);
    if (this.#room.size === 0 && at <= now) return this.#begin(call, now);

    const until = waitsUntil(call, now);
    if (at >= until) throw this.#rejection(call, at, now);
    const turn = this.#room.wait(call, () => this.#rejection(call, this.#at(call, until), until), until);
    // Others may wait for another model alone.
    this.#serve(now);
    return turn;
  }

  /** Holds from now on. What was used in the last minute counts. */
  configure(config: PaceConfig): void {
    this.#limit(config);
    const now = this.#clock.monotonic();
    this.#room.refuse((call) => {
      const at = this.#at(call, now);
      return at >= call.deadline ? this.#rejection(call, at, now) : undefined;
    });
    this.#serve();
  }

  /** What the provider asked for does not hold any more. */
  forget(): void {
    for (const model of this.#models.values()) model.forget();
    this.#serve();
  }

  /** Takes in what the provider said about its limits on the model of a call that needs so many tokens. */
  learn(
    ending: Pick<Ending, 'decision' | 'allowance' | 'durationMs'>,
    { model, tokens }: { model?: string | undefined; tokens?: number } = {},
  ): void {
    const now = this.#clock.monotonic();
    const until = this.#model(model).learn(ending, tokens, now);
    if (until === undefined) return;
    this.#room.refuse((call) =>
      call.model === model && until >= call.deadline ? this.#rejection(call, until, now) : undefined,
    );
    this.#watch(now);
  }

  /** Times are monotonic, in milliseconds. `pausedUntil`: of the model that is paused for longest. */
  health(): {
    pausedUntil: number | null;
    waiting: number;
    requests: { used: number; limit: number | null };
    tokens: { used: number; limit: number | null };
  } {
    const now = this.#clock.monotonic();
    const until = Math.max(...[...this.#models.values()].map(({ pausedUntil = 0 }) => pausedUntil));
    return {
      pausedUntil: until > now ? until : null,
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

  #model(model: string | undefined): ModelPace {
    const known = this.#models.get(model) ?? new ModelPace();
    this.#models.set(model, known);
    return known;
  }

  /** When the call may begin. */
  #at(call: CallFacts, now: number): number {
    return Math.max(now, this.#model(call.model).at(now), this.#sharedAt(call, now));
  }

  /** The same by the limits for all models. */
  #sharedAt(call: CallFacts, now: number): number {
    return Math.max(this.#requests?.at(1, now) ?? now, this.#tokens?.at(call.estimate.tokens, now) ?? now);
  }

  #begin(call: CallFacts, now: number): Permit {
    this.#model(call.model).admitted(now, this.#room.sizeOf(call.model) > 0);
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
    const now = this.#clock.monotonic();
    if (used) this.#used.tokens.add(used, now);

    const refused = decision.kind === 'rate-limited' || decision.kind === 'overloaded';
    const needed = { model: call.model, tokens: refused ? call.estimate.tokens : 1 };
    this.#model(call.model).ended(ending, admittedAt, needed.tokens, now);
    if (refused || ending.allowance) this.learn(ending, needed);
    if (this.#room.size > 0) this.#serve();
  }

  #serve(now = this.#clock.monotonic()): void {
    for (;;) {
      const next = this.#next(now);
      if (!next || this.#sharedAt(next, now) > now) break;
      this.#room.serve(this.#begin(next, now), next);
    }
    this.#watch(now);
  }

  /** Whose turn is next, of those whose model takes calls. */
  #next(now: number): CallFacts | undefined {
    return this.#room.first((call) => this.#model(call.model).at(now) <= now);
  }

  /** When somebody may begin: models take calls again one by one, and of those that do, whose turn is next comes first. */
  #watch(now: number): void {
    const next = this.#next(now);
    let at = next ? Math.max(now, this.#sharedAt(next, now)) : Number.POSITIVE_INFINITY;
    for (const { model } of this.#room.heads()) {
      const opensAt = this.#model(model).at(now);
      if (opensAt > now) at = Math.min(at, opensAt);
    }
    this.#alarm.set(at);
  }

  #rejection({ model, deadline }: CallFacts, at: number, now: number): Rejected {
    if (at === Number.POSITIVE_INFINITY) {
      const unit = this.#requests?.perMinute === 0 ? 'requests' : 'tokens';
      return new Rejected('pace', `the provider is limited to 0 ${unit} per minute`);
    }

    const time = new Date(this.#clock.now() + at - this.#clock.monotonic()).toISOString();
    const paused = this.#model(model).isPaused(now, at);
    const why = paused ? 'the provider accepts no calls' : 'the limits per minute are used up';
    const isTooLate = at >= deadline ? ", after the call's deadline" : '';
    return new Rejected('pace', `${why} until ${time}${isTooLate}`, at);
  }
}
