import type { FallbackCause } from '../../model/replySource.ts';

/**
 * `fallbacks` of touchstone.yaml: what answers when a model does not, by the name of a target, a model (`provider/model`) or a
 * provider. The most specific one counts: a target's before its model's, a model's before its provider's; an empty list switches
 * off what the wider one would do.
 */
export interface FallbacksConfig {
  readonly [name: string]: FallbackChainConfig;
}

/** The chain of the most specific of `names` that has one: a target's, its model's (`provider/model`), its provider's. */
export function chainFor(
  fallbacks: FallbacksConfig | undefined,
  names: readonly string[],
): FallbackChainConfig | undefined {
  const name = names.find((one) => fallbacks !== undefined && Object.hasOwn(fallbacks, one));
  return name === undefined ? undefined : fallbacks?.[name];
}

/** The models that may judge in place of one, where answers of fallbacks count. */
export function judgeStandIns(fallbacks: FallbacksConfig | undefined, reference: string): string[] {
  const provider = reference.slice(0, Math.max(0, reference.indexOf('/')));
  const { steps = [] } = chainFor(fallbacks, [reference, provider]) ?? {};
  return steps.flatMap((step) =>
    step.kind === 'model' && step.reference !== reference ? [step.reference] : [],
  );
}

/** Written as a list of steps, or as `{ steps, on }`. */
export interface FallbackChainConfig {
  /** Tried in this order. */
  steps: readonly FallbackStep[];
  /** After which endings; all of FALLBACK_CAUSES by default. A request that is wrong in itself never has a fallback. */
  on: readonly FallbackCause[];
}

/** In the file: `cache`, `similar`, `provider/model`, or `{ answer: "…" }`. */
export type FallbackStep =
  | { kind: 'cache' }
  | { kind: 'similar' }
  | { kind: 'model'; reference: string }
  | { kind: 'fixed'; answer: string };

/** `caches` of touchstone.yaml. A cache that is not configured is neither filled nor asked. */
export interface CachesConfig {
  exact?: ExactCacheConfig;
  similar?: SimilarCacheConfig;
}

export interface ExactCacheConfig {
  /** Of all its entries, in megabytes; those that were not used for the longest time go first. 0 keeps nothing. */
  maxMb: number;
  /** Age at which an entry expires, in milliseconds. 0: at once. */
  expiresMs: number;
  /** `fallback`: asked when the model does not answer. `first`: asked before the model, which is called only for what is not there. */
  mode: 'fallback' | 'first';
  /** Whether judges are answered from it, too. */
  judges: boolean;
}

export interface SimilarCacheConfig {
  /** Embedding model, as `provider/model`. Without it, likeness is that of words. */
  embeddings?: string;
  /** The largest share of wrong answers among hits, 0–1, that calibration has to rule out with 95 % confidence. */
  maxWrong: number;
  maxMb: number;
  expiresMs: number;
}

/** `max_mb: 200`, `expires: 7d`, `mode: fallback`, `judges: false`. */
export const EXACT_CACHE_DEFAULTS: ExactCacheConfig = {
  maxMb: 200,
  expiresMs: 7 * 24 * 3_600_000,
  mode: 'fallback',
  judges: false,
};

/** `max_wrong: 0.02`, `max_mb: 200`, `expires: 7d`. */
export const SIMILAR_CACHE_DEFAULTS: SimilarCacheConfig = {
  maxWrong: 0.02,
  maxMb: 200,
  expiresMs: 7 * 24 * 3_600_000,
};
