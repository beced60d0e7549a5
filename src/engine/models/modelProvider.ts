import type { SourceLocation } from '../model/location.ts';
import type { ResilienceConfig } from '../resilience/resilienceConfig.ts';
import type { PriceTable } from './prices/prices.ts';

/** One server that speaks OpenAI's API, as the configuration describes it. */
export interface ProviderConfig {
  baseUrl: string;
  /** May hold `${env:NAME}`, which is read when a model of the provider is first asked for. */
  apiKey?: string;
  /** Values may hold `${env:NAME}` too. */
  headers?: { [name: string]: string };
  prices?: PriceTable;
  /** Calls at once, over all models of the provider; unlimited by default. */
  maxConcurrency?: number;
  /** Upper limit of every call in milliseconds. */
  timeoutMs?: number;
  /** False for a server that cannot stream. */
  stream?: boolean;
  /** How its calls are protected; DEFAULT_RESILIENCE where absent. */
  resilience?: ResilienceConfig;
  /** Where the provider stands in the configuration, for messages. */
  location?: SourceLocation;
}
