import type { LocatedCase } from '../../model/case.ts';
import type { TrialResult } from '../../model/result.ts';
import type { Clock } from '../../ports.ts';

interface Doubtful {
  result: TrialResult;
  located: LocatedCase;
  /** On the wall clock, as the start of a result is; in milliseconds. */
  endedAt: number;
}

/** So many of a target are held back; an earlier one is then as certain as it will ever be. */
const MOST_HELD = 64;

/**
 * Trials that ended in a failure that may pass, or for want of credit, right before it is known whether the target's provider is there at all. Where a call that
 * began later is answered, they were failures like any other. Where the run stops because the provider is gone, they are no results: the
 * run makes them again when it goes on.
 */
export class DoubtfulResults {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #keep: (result: TrialResult, located: LocatedCase) => void;
  readonly #targets = new Map<string, Doubtful[]>();

  /** `keep` stores a result. */
  constructor(clock: Pick<Clock, 'now'>, keep: (result: TrialResult, located: LocatedCase) => void) {
    this.#clock = clock;
    this.#keep = keep;
  }

  /** Whether it is held back; any other result is to be stored, and shows what came of earlier ones. */
  holds(result: TrialResult, located: LocatedCase): boolean {
    const held = this.#targets.get(result.target) ?? [];
    if (!this.#isDoubtful(result, held)) {
      this.#settle(held, ({ endedAt }) => endedAt <= result.startedAt);
      return false;
    }

    held.push({ result, located, endedAt: this.#clock.now() });
    this.#targets.set(result.target, held);
    if (held.length > MOST_HELD) this.#settle(held, (one) => one === held[0]);
    return true;
  }

  /** The attempt is over: all are stored, but for those of targets whose provider is gone. */
  end(isGone: (target: string) => boolean): void {
    for (const [target, held] of this.#targets) if (!isGone(target)) this.#settle(held, () => true);
    this.#targets.clear();
  }

  #isDoubtful({ output }: TrialResult, held: readonly Doubtful[]): boolean {
    if (output.status !== 'error') return false;
    const { transient, code } = output.error;
    return transient || code === 'spent' || (code === 'earlier-case' && held.length > 0);
  }

  #settle(held: Doubtful[], isCertain: (one: Doubtful) => boolean): void {
    const certain = held.filter(isCertain);
    held.splice(0, held.length, ...held.filter((one) => !certain.includes(one)));
    for (const { result, located } of certain) this.#keep(result, located);
  }
}
