import type { Usage } from '../../model/output.ts';

/** US dollars per million tokens. */
export interface TokenPrices {
  input: number;
  output: number;
  /** Price of the input tokens that were read from the provider's cache; the input price when absent. */
  cachedInput?: number;
  /** Price of the input tokens that were written to the provider's cache; the input price when absent. */
  cacheWrite?: number;
}

/** What one model costs. */
export interface ModelPrice extends TokenPrices {
  /** The prices hold for requests of up to this many input tokens; what longer ones cost is in `longer`, or unknown. */
  upToInputTokens?: number;
  /** Of all tokens of a longer request. */
  longer?: TokenPrices;
}

/** Prices by model name, as the provider names its models. */
export type PriceTable = { [model: string]: ModelPrice };

const TOKENS_PER_PRICE = 1_000_000;

/** The price of a model; undefined when it is unknown. */
export function priceOf(model: string, prices: PriceTable | undefined): ModelPrice | undefined {
  return prices !== undefined && Object.hasOwn(prices, model) ? prices[model] : undefined;
}

/** The prices of a request with so many input tokens; undefined where they are unknown. */
export function pricesAt(price: ModelPrice | undefined, inputTokens: number): TokenPrices | undefined {
  if (price?.upToInputTokens === undefined || inputTokens <= price.upToInputTokens) return price;
  return price.longer;
}

/**
 * Cost of one call in US dollars. Null when the usage or the model's price is unknown: never 0 for want of
 * knowledge. Cached and written counts above the input count, which no provider should report, are cut to it.
 */
export function callCost(usage: Usage | null, model: string, prices: PriceTable | undefined): number | null {
  const price = usage ? pricesAt(priceOf(model, prices), usage.inputTokens) : undefined;
  if (usage === null || price === undefined) return null;

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
 * What a call may cost at most, in US dollars: at the full price of input, for nothing may come from a cache, and at the tier
 * that so much input reaches. Null where the price is unknown.
 */
export function mostCallCost(
  inputTokens: number,
  outputTokens: number,
  price: ModelPrice | undefined,
): number | null {
  const reached = pricesAt(price, inputTokens);
  if (!price || !reached) return null;

  // A tier for long requests may be cheaper; the request may turn out to be a short one.
  const costs = [price, reached].map(
    ({ input, output, cacheWrite = 0 }) => inputTokens * Math.max(input, cacheWrite) + outputTokens * output,
  );
  const cost = Math.max(...costs);
  return Number.isFinite(cost) ? cost / TOKENS_PER_PRICE : null;
}
