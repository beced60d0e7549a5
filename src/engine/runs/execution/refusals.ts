import type { Clock } from '../../ports.ts';
import type { Rejected } from '../../resilience/policy.ts';

/** What was left undone in an attempt because our own policies refused calls: which targets, why, and until when. */
export class Refusals {
  readonly #clock: Clock;
  /** Targets that are not called any more in this attempt. */
  readonly #targets = new Set<string>();
  /** Targets whose provider does not answer, or accepts no calls. */
  readonly #gone = new Set<string>();
  /** The first refusal of each kind, by its words without what changes from call to call. */
  readonly #reasons = new Map<string, { message: string; until: number | undefined }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The target's own call was refused: it is not called any more. */
  ofTarget(target: string, rejection: Rejected): void {
    // A full bulkhead may have room for the next call.
    if (rejection.by !== 'bulkhead') this.#targets.add(target);
    if (rejection.by === 'breaker' || rejection.by === 'pace') this.#gone.add(target);
    this.#note(rejection);
  }

  /** A judge's call was refused: the answer is kept until it can be judged. */
  ofJudge(rejection: Rejected): void {
    this.#note(rejection);
  }

  isRefused(target: string): boolean {
    return this.#targets.has(target);
  }

  /** Whether it was refused because its provider does not answer, or accepts no calls. */
  isGone(target: string): boolean {
    return this.#gone.has(target);
  }

  /** For people; undefined where nothing was refused. */
  get reason(): string | undefined {
    if (this.#reasons.size === 0) return undefined;

    const reasons = [...this.#reasons.values()];
    const said = reasons.map(({ message }) => message).join('; ');
    const times = reasons.flatMap(({ until }) => until ?? []);
    // Where a time is unknown, the known ones of others promise nothing.
    if (times.length < reasons.length) return said;

    const waitMs = Math.max(...times) - this.#clock.monotonic();
    return waitMs <= 0 ? said : `${said}; continue after ${timestamp(this.#clock.now() + waitMs)}`;
  }

  #note({ by, of, message, until }: Rejected): void {
    const key = `${by} ${of ?? message}`;
    const known = this.#reasons.get(key);
    const later = known?.until === undefined || until === undefined ? until : Math.max(known.until, until);
    this.#reasons.set(key, { message, until: later });
  }
}

/** To the second, upwards: before it, the run would be refused again. */
function timestamp(ms: number): string {
  return new Date(Math.ceil(ms / 1000) * 1000).toISOString().replace('.000', '');
}
