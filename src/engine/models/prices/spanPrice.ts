import type { AgentSpan } from '../../model/agentSpan.ts';
import { defined } from '../../model/defined.ts';
import { priceOfModel } from './modelPrice.ts';
import { callCost, type ModelPrice } from './prices.ts';

type Providers = Parameters<typeof priceOfModel>[1];

/** Models whose prices are remembered: there is no end to what agents may name. */
const MOST_MODELS = 1_000;

/** What a traced call cost in US dollars, by the price of its model; null where the price or a token count is unknown. */
export function spanPrice(
  providers: Providers,
): (span: Pick<AgentSpan, 'model' | 'provider' | 'tokens'>) => number | null {
  const known = new Map<string, ModelPrice | undefined>();
  const priceOf = (model: string, provider: string | null): ModelPrice | undefined => {
    const sold = provider !== null && Object.hasOwn(providers, provider) ? `${provider}/${model}` : model;
    const key = `${sold}\n${model}`;
    if (known.has(key)) return known.get(key);

    const price = priceOfModel(sold, providers) ?? priceOfModel(model, providers);
    if (known.size >= MOST_MODELS) known.clear();
    known.set(key, price);
    return price;
  };

  return ({ model, provider, tokens }) => {
    if (model === null || tokens === null || tokens.input === null || tokens.output === null) return null;
    const price = priceOf(model, provider);
    const usage = {
      inputTokens: tokens.input,
      outputTokens: tokens.output,
      ...defined({
        cachedInputTokens: tokens.cached ?? undefined,
        cacheWriteTokens: tokens.cacheWrite ?? undefined,
      }),
    };
    return price ? callCost(usage, model, { [model]: price }) : null;
  };
}
