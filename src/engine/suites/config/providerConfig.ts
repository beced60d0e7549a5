import { z } from 'zod';
import { defined } from '../../model/defined.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { ProviderConfig } from '../../models/modelProvider.ts';
import type { ModelPrice, PriceTable, TokenPrices } from '../../models/prices/prices.ts';
import { nameSchema } from './name.ts';
import { resilienceFile, toResilience } from './resilienceFile.ts';

const price = z.number().min(0);

const tokenPrices = {
  input: price.describe('US dollars per million input tokens.'),
  output: price.describe('US dollars per million output tokens.'),
  cached_input: price
    .optional()
    .describe(
      'US dollars per million input tokens that the provider read from its cache. Default: the input price.',
    ),
  cache_write: price
    .optional()
    .describe(
      'US dollars per million input tokens that the provider wrote to its cache; for Anthropic, 1.25 times the input price. Default: the input price.',
    ),
};

const priceFile = z.strictObject({
  ...tokenPrices,
  long_context: z
    .strictObject({
      above_input_tokens: z
        .int()
        .min(0)
        .describe('Requests with more input tokens than this cost these prices, for all of their tokens.'),
      ...tokenPrices,
    })
    .optional()
    .describe('Prices of long requests, where they differ.'),
});

const providerFile = z.strictObject({
  base_url: z
    .url({ protocol: /^https?$/, error: 'an address that begins with https:// or http://' })
    .describe('URL of an OpenAI-compatible API, including the version, such as https://api.openai.com/v1.'),
  api_key: z
    .string()
    .optional()
    .describe(
      'Always "${env:NAME}": the key is read from that environment variable and sent only to this URL. Omit it for servers without keys.',
    ),
  headers: z
    .record(z.string().min(1), z.string())
    .optional()
    .describe(
      'Additional HTTP headers of every call. "${env:NAME}" is replaced by that environment variable.',
    ),
  prices: z
    .record(z.string().min(1), priceFile)
    .optional()
    .describe('Prices by model name. Without a price, the cost of a model is unknown (not zero).'),
  max_concurrency: z
    .int()
    .min(1)
    .optional()
    .describe('Maximum number of concurrent calls to this provider. Default: the limit of the suite.'),
  timeout_ms: z
    .int()
    .min(1)
    .optional()
    .describe('Time limit of one call in milliseconds, including retries. Default: the limit of the suite.'),
  resilience: resilienceFile.optional(),
  stream: z.boolean().optional().describe('false for a server that cannot stream replies. Default: true.'),
});

export const providersFile = z
  .record(nameSchema, providerFile)
  .describe(
    'Model servers, by a name of your choice; models are then written as name/model. Without this key, "openai" uses OPENAI_API_KEY and OPENAI_BASE_URL.',
  );

export function toProvider(file: z.output<typeof providerFile>, location: SourceLocation): ProviderConfig {
  return {
    baseUrl: file.base_url,
    ...defined({
      apiKey: file.api_key,
      headers: file.headers,
      prices: file.prices === undefined ? undefined : toPrices(file.prices),
      maxConcurrency: file.max_concurrency,
      timeoutMs: file.timeout_ms,
      stream: file.stream,
      resilience: file.resilience === undefined ? undefined : toResilience(file.resilience),
    }),
    location,
  };
}

function toPrices(file: Record<string, z.output<typeof priceFile>>): PriceTable {
  return Object.fromEntries(Object.entries(file).map(([model, price]) => [model, toPrice(price)]));
}

function toPrice({ long_context: long, ...price }: z.output<typeof priceFile>): ModelPrice {
  if (!long) return toTokenPrices(price);
  return {
    ...toTokenPrices(price),
    upToInputTokens: long.above_input_tokens,
    longer: toTokenPrices(long),
  };
}

interface PricesFile {
  input: number;
  output: number;
  cached_input?: number | undefined;
  cache_write?: number | undefined;
}

function toTokenPrices({ input, output, cached_input, cache_write }: PricesFile): TokenPrices {
  return { input, output, ...defined({ cachedInput: cached_input, cacheWrite: cache_write }) };
}
