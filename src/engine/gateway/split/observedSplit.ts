import { hash } from 'node:crypto';
import type { ArmConfig } from '../../suites/gateway/gatewayConfig.ts';
import { MISMATCH_P, sampleRatio } from './sampleRatio.ts';

/** Keys that are remembered; later ones are not counted, so that what is counted is still drawn fairly. */
const MOST_KEYS = 50_000;

/**
 * Which arms of a route got how much, since its weights were set. A sticky key is counted once: all requests of a client go to one arm,
 * and are no evidence beyond its first.
 */
export class ObservedSplit {
  readonly #arms: readonly ArmConfig[];
  readonly #counts: Map<string, number>;
  readonly #keys = new Set<string>();
  /** The lowest so far: what was once seen stays so. */
  #p = 1;

  constructor(arms: readonly ArmConfig[]) {
    this.#arms = arms;
    this.#counts = new Map(arms.map(({ name }) => [name, 0]));
  }

  /** A request that was given to an arm; `key` as it was chosen by, null where it was drawn. */
  count(arm: string, key: string | null): void {
    if (key !== null && !this.#isNew(key)) return;
    this.#counts.set(arm, (this.#counts.get(arm) ?? 0) + 1);
  }

  /** Null while the split fits the weights. */
  mismatch(): { p: number } | null {
    const counts = this.#arms.map(({ name }) => this.#counts.get(name) ?? 0);
    const { p } = sampleRatio(
      counts,
      this.#arms.map(({ weight }) => weight),
    );
    this.#p = Math.min(this.#p, p);
    return this.#p < MISMATCH_P ? { p: this.#p } : null;
  }

  #isNew(key: string): boolean {
    const digest = hash('sha256', key, 'base64').slice(0, 12);
    if (this.#keys.has(digest) || this.#keys.size >= MOST_KEYS) return false;
    this.#keys.add(digest);
    return true;
  }
}
