import { type ModelPrice, pricesAt } from '../models/prices/prices.ts';
import type { Range } from './range.ts';

/** A prompt of so many tokens may be read from the provider's cache (OpenAI's least; others ask for more). */
const CACHED_FROM_TOKENS = 1024;

/**
 * US dollars for calls that use so many tokens together. The low end takes the price of cached input where a
 * call is long enough for it. Null where the price is unknown, also because the calls are too long for it.
 */
export function priceCalls(
  calls: { count: number; inputTokens: Range; outputTokens: Range },
  price: ModelPrice | undefined,
): Range | null {
  const { count, inputTokens, outputTokens } = calls;
  const perCall = count === 0 ? 0 : inputTokens.high / count;
  const high = pricesAt(price, perCall);
  if (price === undefined || high === undefined) return null;

  // Some calls may be short, and some may be long.
  const low = pricesAt(price, count === 0 ? 0 : inputTokens.low / count) ?? high;
  const likely = pricesAt(price, count === 0 ? 0 : inputTokens.likely / count) ?? high;
  const cachedInput = perCall >= CACHED_FROM_TOKENS ? (low.cachedInput ?? low.input) : low.input;
  return {
    low: (inputTokens.low * cachedInput + outputTokens.low * low.output) / MILLION,
    likely: (inputTokens.likely * likely.input + outputTokens.likely * likely.output) / MILLION,
    high: (inputTokens.high * high.input + outputTokens.high * high.output) / MILLION,
  };
}

const MILLION = 1_000_000;
