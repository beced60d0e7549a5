import { callCost, type ModelPrice } from '../models/prices/prices.ts';
import type { TokenCount } from '../models/tokens/tokenCount.ts';

/** US dollars for so many input tokens; null where the price is unknown. */
export function inputCost({ tokens }: TokenCount, price: ModelPrice | undefined): number | null {
  if (price === undefined) return null;
  return callCost({ inputTokens: tokens, outputTokens: 0 }, 'model', { model: price });
}
