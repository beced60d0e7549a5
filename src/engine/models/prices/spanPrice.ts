import type { AgentSpan } from '../../model/agentSpan.ts';
import { defined } from '../../model/defined.ts';
import { priceOfModel } from './modelPrice.ts';
import { callCost } from './prices.ts';

type Providers = Parameters<typeof priceOfModel>[1];

/** What a traced call cost in US dollars, by the price of its model; null where the price or a token count is unknown. */
export function spanPrice(
  providers: Providers,
): (span: Pick<AgentSpan, 'model' | 'provider' | 'tokens'>) => number | null {
  return ({ model, provider, tokens }) => {
    if (model === null || tokens === null || tokens.input === null || tokens.output === null) return null;
    const sold = provider !== null && Object.hasOwn(providers, provider) ? `${provider}/${model}` : model;
    const price = priceOfModel(sold, providers) ?? priceOfModel(model, providers);
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
