import type { Allowance, Ending } from '../policy.ts';
import { askedUntil } from './askedUntil.ts';
import { Pause } from './pause.ts';
import { Spreading } from './spreading.ts';

/** Calls whose mean size counts. */
const REMEMBERED = 50;

type Said = Pick<Ending, 'decision' | 'allowance' | 'durationMs'>;

/** What the provider said of its limits on one model. Times are monotonic, in milliseconds. */
export class ModelPace {
  #pause = new Pause();
  #spreading = new Spreading();
  /** Mean tokens of a call that was answered. */
  readonly #size = { calls: 0, tokens: 0 };

  /** When the provider's last pause ends or ended; undefined where there was none. */
  get pausedUntil(): number | undefined {
    return this.#pause.until;
  }

  /** Whether it is the pause that ends at `at` or later. */
  isPaused(now: number, at: number): boolean {
    return this.#pause.at(now) >= at;
  }

  /** When the next call may begin; `now` or earlier means at once. */
  at(now: number): number {
    return Math.max(this.#pause.at(now), this.#spreading.at(now));
  }

  /** `waiting`: whether anybody else wants to begin. */
  admitted(now: number, waiting: boolean): void {
    this.#pause.admitted(now, waiting);
    this.#spreading.admitted(now);
  }

  /** A call that was let in at `admittedAt` ended. `tokens`: what it needed. */
  ended(
    { decision, allowance, tokens: used }: Ending,
    admittedAt: number,
    tokens: number,
    now: number,
  ): void {
    if (decision.kind === 'done') {
      this.#pause.answered(admittedAt);
      if (used) this.#learnSize(used);
    } else if (
      decision.kind === 'rate-limited' &&
      askedUntil({ decision, allowance }, tokens) === undefined
    ) {
      this.#pause.refused(admittedAt, now);
    }
  }

  /** Takes in what the provider said about its limits; the end of a new pause, or undefined. */
  learn(said: Said, tokens: number | undefined, now: number): number | undefined {
    // What was left when the call arrived may be history when it ends.
    const allowance = said.decision.kind === 'done' ? stillTrue(said, now) : said.allowance;
    if (allowance) this.#spreading.learn(allowance, this.#tokensPerCall(), now);

    const until = askedUntil({ decision: said.decision, allowance }, tokens);
    if (until === undefined || until <= now) return undefined;
    this.#pause.extend(until, now);
    return until;
  }

  /** What the provider asked for does not hold any more. */
  forget(): void {
    this.#pause = new Pause();
    this.#spreading = new Spreading();
  }

  #learnSize(tokens: number): void {
    const size = this.#size;
    size.calls = Math.min(REMEMBERED, size.calls + 1);
    size.tokens += (tokens - size.tokens) / size.calls;
  }

  #tokensPerCall(): number | undefined {
    return this.#size.calls === 0 ? undefined : this.#size.tokens;
  }
}

/** Limits that reset sooner than the call lasted are left out. */
function stillTrue({ allowance, durationMs }: Said, now: number): Allowance | undefined {
  if (!allowance) return undefined;
  const kept: Allowance = {};
  for (const unit of ['requests', 'tokens'] as const) {
    const limit = allowance[unit];
    if (limit && (limit.resetAt === undefined || limit.resetAt > now + durationMs)) kept[unit] = limit;
  }
  return kept;
}
