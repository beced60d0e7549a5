import type { ModelPrice } from '../models/prices/prices.ts';
import { addRanges, type Range, scaleRange } from './range.ts';

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
  if (price === undefined) return null;
  const { count, inputTokens, outputTokens } = calls;
  const perCall = count === 0 ? 0 : inputTokens.high / count;
  if (price.upToInputTokens !== undefined && perCall > price.upToInputTokens) return null;
  const input = scaleRange(inputTokens, price.input / MILLION);
  const cachedInput = perCall >= CACHED_FROM_TOKENS ? (price.cachedInput ?? price.input) : price.input;
  const output = scaleRange(outputTokens, price.output / MILLION);
  return addRanges({ ...input, low: (inputTokens.low * cachedInput) / MILLION }, output);
}

const MILLION = 1_000_000;
