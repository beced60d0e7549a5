import { scryptSync } from 'node:crypto';
import type { PlanTarget } from '../../model/run.ts';
import type { Random } from '../../ports.ts';
import type { RunStore } from '../../store/runStore.ts';
import type { Target } from '../../targets/target.ts';

/** A value in a form that tells whether it is the same again, and not what it is. */
export type Digest = (value: string) => string;

/** The digest of a store's own key: slow, so that short values cannot be tried out. */
export function storeDigest(store: RunStore, random: Random): Digest {
  let key: string | undefined;
  const known = new Map<string, string>();
  return (value) => {
    key ??= store.key(() => random.hex(32));
    const digest = known.get(value) ?? scryptSync(value, key, 12).toString('hex');
    known.set(value, digest);
    return digest;
  };
}

/** A target as the plan of a run keeps it. */
export function planTarget(
  { name, kind, hash, environment = {} }: Pick<Target, 'name' | 'kind' | 'hash' | 'environment'>,
  digest: Digest,
): PlanTarget {
  const values = Object.entries(environment).map(([variable, value]) => [variable, digest(value)]);
  return { name, kind, hash, ...(values.length > 0 ? { environment: Object.fromEntries(values) } : {}) };
}
