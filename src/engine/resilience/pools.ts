import type { Policy } from './policy.ts';
import type { PoolConfig } from './resilienceConfig.ts';

/** The bulkheads of a workspace, by name. One that nobody configured has no limits. */
export class Pools {
  readonly #policies = new Map<string, readonly Policy[]>();

  /** From now on; calls under way keep what they were admitted by. */
  configure(_configs: { readonly [pool: string]: PoolConfig }): void {}

  /** From the outside in. */
  policiesOf(pool: string): readonly Policy[] {
    return this.#policies.get(pool) ?? NONE;
  }
}

const NONE: readonly Policy[] = [];
