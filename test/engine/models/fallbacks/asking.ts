import { Redactor } from '../../../../src/engine/http/redactor.ts';
import { FALLBACK_CAUSES } from '../../../../src/engine/model/replySource.ts';
import { createModelCatalog, type KeyedCatalog } from '../../../../src/engine/models/catalog.ts';
import type { CachesConfig, FallbackStep } from '../../../../src/engine/models/fallbacks/config.ts';
import { EXACT_CACHE_DEFAULTS } from '../../../../src/engine/models/fallbacks/config.ts';
import { Fallbacks } from '../../../../src/engine/models/fallbacks/fallbacks.ts';
import { memoryReplies, type ReplyStore } from '../../../../src/engine/models/fallbacks/replyStore.ts';
import type { CallOptions, ModelRequest } from '../../../../src/engine/models/modelClient.ts';
import type { ProviderConfig } from '../../../../src/engine/models/modelProvider.ts';
import { fixedEnvironment, noLog, noSpan } from '../../../../src/engine/ports.ts';
import { countingRandom, type ManualClock, manualClock } from '../manualClock.ts';

export const CACHE: FallbackStep = { kind: 'cache' };
export const MINI: FallbackStep = { kind: 'model', reference: 'spare/mini' };
export const FIXED: FallbackStep = { kind: 'fixed', answer: 'Please call us.' };
export const HELLO: ModelRequest = { messages: [{ role: 'user', content: 'hello' }], parameters: {} };
export const EXACT: CachesConfig = { exact: EXACT_CACHE_DEFAULTS };

interface Asked {
  providers: { [name: string]: ProviderConfig };
  steps?: readonly FallbackStep[];
  caches?: CachesConfig;
  store?: ReplyStore;
  clock?: ManualClock;
  redactor?: Redactor;
  onFallback?: (provider: string) => void;
}

/** The model `main/big` of a target `agent` with its fallbacks; nothing is retried. */
export function asking({
  providers,
  steps = [],
  caches,
  store = memoryReplies(),
  clock = manualClock(10_000),
  redactor = new Redactor(),
  onFallback,
}: Asked) {
  const models: KeyedCatalog = createModelCatalog(providers, {
    environment: fixedEnvironment({}),
    clock,
    random: countingRandom(),
    log: noLog,
  });
  const withChain = (name: string, chain: readonly FallbackStep[]): Fallbacks =>
    new Fallbacks(
      { fallbacks: { [name]: { steps: chain, on: FALLBACK_CAUSES } }, caches },
      { models, providers, store, redactor, clock, log: noLog, onFallback },
    );
  const fallbacks = withChain('agent', steps);
  const own = models.client('main/big');
  return { withChain, fallbacks, own, client: fallbacks.ofTarget('agent', own), store, clock };
}

export function call(more: Partial<CallOptions> = {}): CallOptions {
  return { signal: new AbortController().signal, span: noSpan, timeoutMs: 60_000, ...more };
}
