import type { Usage } from '../../model/output.ts';

/** US dollars per million tokens of one model. */
export interface ModelPrice {
  input: number;
  output: number;
  /** Price of the input tokens that were read from the provider's cache; the input price when absent. */
  cachedInput?: number;
  /** Price of the input tokens that were written to the provider's cache; the input price when absent. */
  cacheWrite?: number;
  /** The prices hold for requests of up to this many input tokens; what longer ones cost is unknown. */
  upToInputTokens?: number;
}

/** Prices by model name, as the provider names its models. */
export type PriceTable = { [model: string]: ModelPrice };

const TOKENS_PER_PRICE = 1_000_000;

/** The price of a model; undefined when it is unknown. */
export function priceOf(model: string, prices: PriceTable | undefined): ModelPrice | undefined {
  return prices !== undefined && Object.hasOwn(prices, model) ? prices[model] : undefined;
}

/**
 * Cost of one call in US dollars. Null when the usage or the model's price is unknown: never 0 for want of
 * knowledge. Cached and written counts above the input count, which no provider should report, are cut to it.
 */
export function callCost(usage: Usage | null, model: string, prices: PriceTable | undefined): number | null {
  const price = priceOf(model, prices);
  if (usage === null || price === undefined) return null;
  if (price.upToInputTokens !== undefined && usage.inputTokens > price.upToInputTokens) return null;
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens);
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - cached);
  const cost =
    (usage.inputTokens - cached - written) * price.input +
    cached * (price.cachedInput ?? price.input) +
    written * (price.cacheWrite ?? price.input) +
    usage.outputTokens * price.output;
  return Number.isFinite(cost) ? cost / TOKENS_PER_PRICE : null;
}

/**
 * What a call may cost at most, in US dollars: at the full price of input, for nothing may come from a cache. Null where the
 * price is unknown, as it is for more input than it holds for.
 */
export function mostCallCost(
  inputTokens: number,
  outputTokens: number,
  price: ModelPrice | undefined,
): number | null {
  if (!price || (price.upToInputTokens !== undefined && inputTokens > price.upToInputTokens)) return null;
  const dearestInput = Math.max(price.input, price.cacheWrite ?? 0);
  const cost = inputTokens * dearestInput + outputTokens * price.output;
  return Number.isFinite(cost) ? cost / TOKENS_PER_PRICE : null;
}
