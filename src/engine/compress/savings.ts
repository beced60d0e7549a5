import { type ModelPrice, pricesAt } from '../models/prices/prices.ts';

/** What a compression saves in US dollars at a model's prices. */
export interface Savings {
  /** For 1,000 calls whose input is not read from the provider's cache. */
  per1000Calls: number;
  /** For 1,000 calls whose stable beginning is read from the cache; null when no cached price is known. */
  per1000CachedCalls: number | null;
  cache: CacheEffect;
}

/**
 * The provider's cache holds the beginning of a prompt up to its first variable, when it is long enough. An
 * edit there makes the provider read the rest of it anew once; and what becomes too short is cached no more.
 */
export interface CacheEffect {
  /** Tokens before the first variable, before and after. */
  stableTokens: { before: number; after: number };
  /** Tokens of the stable beginning that lie after the first edit: read anew once, at the full price. */
  readAnew: number;
  /** US dollars for that; null when no cached price is known, 0 when nothing was cached. */
  onceUsd: number | null;
  /** The stable beginning was long enough for the cache, and is not any more. */
  lost: boolean;
  /** The discount on 1,000 calls that goes with it; null when no cached price is known. */
  lostPer1000Usd: number | null;
}

/** A beginning of so many tokens may be cached (OpenAI's least; others ask for more). */
const CACHED_FROM_TOKENS = 1024;
const MILLION = 1_000_000;
const CALLS = 1000;

export interface StablePrefix {
  before: number;
  after: number;
  /** Tokens of it before the first edit. */
  unchanged: number;
}

/** All token counts in the model's tokens. Null for a request that is longer than the price holds for. */
export function savingsOf(
  tokens: { before: number; after: number },
  stable: StablePrefix,
  price: ModelPrice,
): Savings | null {
  const tier = pricesAt(price, tokens.before);
  // Where the shorter request falls into another tier, more is saved than its tokens say.
  if (!tier || tier !== pricesAt(price, tokens.after)) return null;

  const saved = tokens.before - tokens.after;
  const { cachedInput } = tier;
  const wasCached = stable.before >= CACHED_FROM_TOKENS;
  const isCached = stable.after >= CACHED_FROM_TOKENS;
  const readAnew =
    wasCached && saved > 0 ? Math.max(0, stable.after - Math.min(stable.unchanged, stable.after)) : 0;

  const discount = cachedInput === undefined ? null : (tier.input - cachedInput) / MILLION;
  const lost = wasCached && !isCached;
  const full = (saved * tier.input) / MILLION;
  const costOf = (total: number, cached: number, rate: number): number =>
    ((total - cached) * tier.input + cached * rate) / MILLION;

  return {
    per1000Calls: CALLS * full,
    per1000CachedCalls:
      cachedInput === undefined
        ? null
        : CALLS *
          (costOf(tokens.before, wasCached ? stable.before : 0, cachedInput) -
            costOf(tokens.after, isCached ? stable.after : 0, cachedInput)),
    cache: {
      stableTokens: { before: stable.before, after: stable.after },
      readAnew,
      onceUsd: readAnew === 0 ? 0 : discount === null ? null : readAnew * discount,
      lost,
      lostPer1000Usd: !lost ? 0 : discount === null ? null : CALLS * discount * stable.after,
    },
  };
}
