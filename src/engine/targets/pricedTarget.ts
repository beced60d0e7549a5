import type { Output } from '../model/output.ts';
import { callCost, type ModelPrice } from '../models/prices/prices.ts';
import type { Target } from './target.ts';

/** Computes what an agent's answer cost from its usage, where the agent does not say it and its model has a price. */
export function pricedTarget(target: Target, priceOf: (model: string) => ModelPrice | undefined): Target {
  return {
    ...target,
    call: async (request, context) =>
      pricedOutput(await target.call(request, { ...context, priceOf }), priceOf),
  };
}

/** With its cost, where that follows from its usage. */
export function pricedOutput(output: Output, priceOf: (model: string) => ModelPrice | undefined): Output {
  const { costUsd, usage, model, fromTrace = [] } = output;
  if (costUsd !== null || usage === null || model === undefined) return output;
  // Its spans may be of several models: it was priced by them, call by call, or cannot be.
  if (fromTrace.includes('usage') || fromTrace.includes('model')) return output;
  const price = priceOf(model);
  // It may have made several calls: whether one of them was a long one is unknown.
  const computed = price && callCost(usage, model, { [model]: withoutLonger(price) });
  return computed === undefined || computed === null
    ? output
    : { ...output, costUsd: computed, costComputed: true };
}

function withoutLonger({ longer: _longer, ...price }: ModelPrice): ModelPrice {
  return price;
}
