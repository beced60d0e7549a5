import { isDeepStrictEqual } from 'node:util';
import { type ModelPrice, type PriceTable, priceOf } from './prices.ts';
import { listPriceOf, priceOfReference, providerPrices } from './priceTable.ts';

type Providers = { readonly [name: string]: { baseUrl: string; prices?: PriceTable } };

/**
 * The price of a model as an agent names it: `provider/model`, or the model alone, which any provider of the
 * configuration may sell, else its vendor. A snapshot (`gpt-5-mini-2025-08-07`) costs as much as its model. Undefined
 * when it is unknown, or providers sell it at different prices.
 */
export function priceOfModel(model: string, providers: Providers): ModelPrice | undefined {
  const general = model.replace(/-(?:\d{4}-\d{2}-\d{2}|20\d{6})$/, '');
  return priceOfName(model, providers) ?? (general === model ? undefined : priceOfName(general, providers));
}

function priceOfName(name: string, providers: Providers): ModelPrice | undefined {
  const known = priceOfReference(name, providers);
  if (known) return known;
  const [vendor = ''] = name.split('/');
  if (name.includes('/') && Object.hasOwn(providers, vendor)) return undefined;

  const prices = Object.values(providers).flatMap(
    (provider) => priceOf(name, providerPrices(provider)) ?? [],
  );
  const [first] = prices;
  if (first === undefined) return listPriceOf(name);
  return prices.every((price) => isDeepStrictEqual(price, first)) ? first : undefined;
}
