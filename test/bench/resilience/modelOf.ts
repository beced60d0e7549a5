import { createModelCatalog } from '../../../src/engine/models/catalog.ts';
import type { ModelClient } from '../../../src/engine/models/modelClient.ts';
import { fixedEnvironment, noLog, noSpan, systemClock } from '../../../src/engine/ports.ts';
import { ProviderGuards } from '../../../src/engine/resilience/providerGuards.ts';
import type { ResilienceConfig } from '../../../src/engine/resilience/resilienceConfig.ts';
import { random } from './random.ts';

/** Models of several providers, which one engine guards. */
export function modelsOf(providers: {
  [name: string]: { baseUrl: string; resilience?: ResilienceConfig; maxConcurrency?: number };
}): { [name: string]: ModelClient } {
  const guards = new ProviderGuards({ clock: systemClock, random });
  const ports = { environment: fixedEnvironment({}), clock: systemClock, random, log: noLog, guards };
  const catalog = createModelCatalog(providers, ports);
  return Object.fromEntries(Object.keys(providers).map((name) => [name, catalog.client(`${name}/m`)]));
}

export interface Load {
  /** Calls that wait or run at once. */
  callers: number;
  /** No call is begun after so many milliseconds. */
  forMs: number;
}

export interface Loaded {
  answered: number;
  failed: number;
}

/** So many callers ask again as soon as they are answered. A refused caller waits a moment, as anybody would. */
export async function load(model: ModelClient, { callers, forMs }: Load): Promise<Loaded> {
  const until = performance.now() + forMs;
  const { signal } = new AbortController();
  const loaded = { answered: 0, failed: 0 };
  const ask = async () => {
    while (performance.now() < until) {
      try {
        const options = { signal, span: noSpan, timeoutMs: 30_000 };
        await model.complete({ messages: [{ role: 'user', content: 'hello' }], parameters: {} }, options);
        loaded.answered += 1;
      } catch {
        loaded.failed += 1;
        await systemClock.sleep(20);
      }
    }
  };
  await Promise.all(Array.from({ length: callers }, ask));
  return loaded;
}
