import { isDeepStrictEqual } from 'node:util';
import table from '../../../../media/prices.json' with { type: 'json' };
import { defined } from '../../model/defined.ts';
import { type ModelPrice, type PriceTable, priceOf, type TokenPrices } from './prices.ts';

/** One price of the table that this program brings along, with where it is from. */
export interface PriceRow {
  vendor: string;
  /** Origin of the vendor's own API: the price holds there and nowhere else. */
  origin: string;
  model: string;
  /** US dollars per million tokens. */
  input: number;
  cachedInput: number | null;
  /** Of input that is written to the cache for five minutes; null where the vendor charges nothing extra. */
  cacheWrite: number | null;
  output: number;
  upToInputTokens: number | null;
  /** Of requests that are longer; null where it is unknown. */
  longer: TokenPrices | null;
  /** `2026-03-14`, or `2026-03` where the source says no more. */
  date: string;
  /** Whether the source states the date, or it is when the source was read. */
  dateIs: 'stated' | 'read';
  sources: string[];
}

/** The day on which the table was last worked on, `2026-11-23`. */
export const PRICE_TABLE_DATE = table.date;

let rows: readonly PriceRow[] | undefined;

/** Every price of the table, vendor by vendor. */
export function priceRows(): readonly PriceRow[] {
  rows ??= readTable();
  return rows;
}

function readTable(): PriceRow[] {
  const vendors: readonly VendorFile[] = table.vendors;
  return vendors.flatMap(({ vendor, origin, cache_write_times_input: factor, prices }) =>
    prices.flatMap((row) =>
      row.models.map((model) => ({
        vendor,
        origin,
        model,
        input: row.input,
        cachedInput: row.cached_input ?? null,
        cacheWrite: factor === undefined ? null : row.input * factor,
        output: row.output,
        upToInputTokens: row.up_to_input_tokens ?? null,
        longer: row.longer ? longerPrices(row.longer, factor) : null,
        date: row.date,
        dateIs: row.date_is === 'read' ? 'read' : 'stated',
        sources: row.sources,
      })),
    ),
  );
}

/** The list prices of the vendor to whose own API the address leads; undefined for any other server. */
export function listPrices(baseUrl: string): PriceTable | undefined {
  const origin = URL.parse(baseUrl)?.origin;
  const rows = priceRows().filter((row) => row.origin === origin);
  if (rows.length === 0) return undefined;
  return Object.fromEntries(rows.map((row) => [row.model, priceOfRow(row)]));
}

/**
 * The list price of a model by its name, with or without its vendor (`openai/gpt-5-mini`). Undefined when it
 * is unknown, when another seller is named (`azure`), or when several vendors sell the model at different
 * prices and none is named.
 */
export function listPriceOf(reference: string, vendor?: string): ModelPrice | undefined {
  const slash = reference.indexOf('/');
  const named = (vendor ?? (slash < 0 ? undefined : reference.slice(0, slash)))?.toLowerCase();
  const seller = named === undefined ? undefined : (ALSO_NAMED[named] ?? named);
  const model = reference.slice(slash + 1);
  const prices = priceRows()
    .filter((row) => row.model === model && (seller ?? row.vendor.toLowerCase()) === row.vendor.toLowerCase())
    .map(priceOfRow);
  const [first] = prices;
  return prices.every((price) => isDeepStrictEqual(price, first)) ? first : undefined;
}

/** How prompts call a vendor's own API: Dotprompt's plugins for Gemini. */
const ALSO_NAMED: { readonly [name: string]: string } = { googleai: 'google', gemini: 'google' };

/** The person's own prices of a provider, and the vendor's list prices for models that they leave out. */
export function providerPrices(provider: { baseUrl: string; prices?: PriceTable }): PriceTable {
  return { ...listPrices(provider.baseUrl), ...provider.prices };
}

/** The price of `provider/model`; undefined when it is unknown. */
export function priceOfReference(
  reference: string,
  providers: { readonly [name: string]: { baseUrl: string; prices?: PriceTable } },
): ModelPrice | undefined {
  const slash = reference.indexOf('/');
  const name = reference.slice(0, slash);
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  return provider && priceOf(reference.slice(slash + 1), providerPrices(provider));
}

/**
 * What a prompt's model will cost most likely: the price of its provider; and where the provider is not
 * configured, or is a vendor that does not sell the model, the model's list price. A server of the person's own
 * choice may bill differently, so there it stays unknown.
 */
export function expectedPrice(
  reference: string,
  providers: { readonly [name: string]: { baseUrl: string; prices?: PriceTable } },
): ModelPrice | undefined {
  const known = priceOfReference(reference, providers);
  if (known) return known;
  const name = reference.slice(0, Math.max(0, reference.indexOf('/')));
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (provider === undefined) return listPriceOf(reference);
  return listPrices(provider.baseUrl) && listPriceOf(reference.slice(name.length + 1));
}

function longerPrices(
  { input, cached_input: cachedInput, output }: NonNullable<VendorPrice['longer']>,
  factor: number | undefined,
): TokenPrices {
  const cacheWrite = factor === undefined ? undefined : input * factor;
  return { input, output, ...defined({ cachedInput, cacheWrite }) };
}

/** The price of a row, as calls are priced by it. */
export function priceOfRow(row: PriceRow): ModelPrice {
  const { input, output, cachedInput, cacheWrite, upToInputTokens, longer } = row;
  return {
    input,
    output,
    ...defined({
      cachedInput: cachedInput ?? undefined,
      cacheWrite: cacheWrite ?? undefined,
      upToInputTokens: upToInputTokens ?? undefined,
      longer: longer ?? undefined,
    }),
  };
}

interface VendorFile {
  vendor: string;
  origin: string;
  cache_write_times_input?: number;
  prices: VendorPrice[];
}

interface VendorPrice {
  models: string[];
  input: number;
  cached_input?: number;
  output: number;
  up_to_input_tokens?: number;
  longer?: { input: number; cached_input?: number; output: number };
  date: string;
  date_is: string;
  sources: string[];
}
