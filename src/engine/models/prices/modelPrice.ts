import { isDeepStrictEqual } from 'node:util';
import { type ModelPrice, type PriceTable, priceOf } from './prices.ts';
import { listPriceOf, listPrices, priceOfReference } from './priceTable.ts';

type Providers = { readonly [name: string]: { baseUrl: string; prices?: PriceTable } };

/**
 * The price of a model as an agent names it: `provider/model`, or the model alone, which any provider of the
 * configuration may sell, else its vendor. What a person has set counts before list prices. A snapshot
 * (`gpt-5-mini-2025-08-07`) costs as much as its model. Undefined when it is unknown, or providers sell it at different prices.
 */
export function priceOfModel(model: string, providers: Providers): ModelPrice | undefined {
  const general = model.replace(/-(?:\d{4}-\d{2}-\d{2}|20\d{6})$/, '');
  const own = pricesSet([model, general], providers);
  if (own.length > 0) return only(own);
  return listedPrice(model, providers) ?? (general === model ? undefined : listedPrice(general, providers));
}

/** What a person has set for the first of the names, at each provider that may be meant. */
function pricesSet(names: readonly string[], providers: Providers): ModelPrice[] {
  return Object.entries(providers).flatMap(([provider, { prices }]) => {
    const known = names.map((name) => priceOf(withoutProvider(name, provider, providers), prices));
    return known.find((price) => price !== undefined) ?? [];
  });
}

function listedPrice(name: string, providers: Providers): ModelPrice | undefined {
  const known = priceOfReference(name, providers);
  if (known) return known;
  const [vendor = ''] = name.split('/');
  if (name.includes('/') && Object.hasOwn(providers, vendor)) return undefined;

  const listed = Object.values(providers).flatMap(({ baseUrl }) => priceOf(name, listPrices(baseUrl)) ?? []);
  return listed.length > 0 ? only(listed) : listPriceOf(name);
}

/** A name that begins with a provider's is meant for that one alone. */
function withoutProvider(name: string, provider: string, providers: Providers): string {
  const slash = name.indexOf('/');
  if (slash < 0 || !Object.hasOwn(providers, name.slice(0, slash))) return name;
  return name.slice(0, slash) === provider ? name.slice(slash + 1) : '';
}

/** Undefined where they differ. */
function only([first, ...rest]: readonly ModelPrice[]): ModelPrice | undefined {
  return rest.every((price) => isDeepStrictEqual(price, first)) ? first : undefined;
}
