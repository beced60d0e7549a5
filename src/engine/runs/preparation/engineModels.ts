import type { Redactor } from '../../http/redactor.ts';
import { type CatalogPorts, createModelCatalog, type KeyedCatalog } from '../../models/catalog.ts';
import { EDITOR_PROVIDER } from '../../models/editorClient.ts';
import type { ProviderConfig } from '../../models/modelProvider.ts';
import { recordingSender, replaySender } from '../../models/recordings/embeddingsRecording.ts';
import { recordingCatalog, replayCatalog } from '../../models/recordings/recordingClient.ts';
import type { Recordings } from '../../models/recordings/recordings.ts';
import type { Secrets } from '../../ports.ts';
import { ProviderGuards } from '../../resilience/providerGuards.ts';
import { keylessEnvironment } from './recordedRun.ts';

type Providers = Readonly<Record<string, ProviderConfig>>;

/** The models of one run; to be closed with it. */
export interface RunModels extends KeyedCatalog {
  close(): void;
}

/**
 * The models of an engine: one catalog for each configuration of providers, and one registry of their guards, whatever
 * runs ask them. A key that is fetched for one run is taken out of what comes back to any of them.
 */
export class EngineModels {
  /** Of all that runs ask. */
  readonly guards: ProviderGuards;
  readonly #ports: CatalogPorts;
  readonly #live = new Map<string, KeyedCatalog>();
  readonly #keys = new Set<string>();
  readonly #redactors = new Set<Redactor>();

  constructor(ports: CatalogPorts) {
    const { secrets } = ports;
    this.guards = ports.guards ?? new ProviderGuards(ports);
    this.#ports = {
      ...ports,
      guards: this.guards,
      ...(secrets ? { secrets: this.#learning(secrets) } : {}),
    };
  }

  /** Live, recorded or replayed. A replay needs no keys and opens no connection. */
  open(providers: Providers, redactor: Redactor, recordings: Recordings | undefined): RunModels {
    redactor.learn(this.#keys);
    this.#redactors.add(redactor);
    const catalog = this.#catalog(providers, recordings);
    const asked = new Set<string>();

    return {
      client: (reference) => {
        asked.add(reference);
        return catalog.client(reference);
      },
      embedder: (reference) => catalog.embedder(reference),
      ready: (signal) => catalog.ready(signal, asked),
      close: () => {
        this.#redactors.delete(redactor);
      },
    };
  }

  #catalog(providers: Providers, recordings: Recordings | undefined): KeyedCatalog {
    if (recordings?.mode === 'replay') return this.#replayed(providers, recordings);
    if (recordings?.mode === 'record') return this.#recorded(providers, recordings);

    const key = JSON.stringify(providers);
    const known = this.#live.get(key) ?? createModelCatalog(providers, this.#ports);
    this.#live.set(key, known);
    return known;
  }

  #recorded(providers: Providers, recordings: Recordings): KeyedCatalog {
    const live = createModelCatalog(providers, {
      ...this.#ports,
      wrapEmbeddings: (reference, send) => recordingSender(reference, send, recordings),
    });
    return { ...live, ...recordingCatalog(live, recordings) };
  }

  #replayed(providers: Providers, recordings: Recordings): KeyedCatalog {
    const { secrets: _secrets, ...open } = this.#ports;
    // Made only to say which provider and address a reference stands for; never called.
    const known = createModelCatalog(providers, {
      ...open,
      environment: keylessEnvironment(open.environment),
      wrapEmbeddings: (reference) => replaySender(reference, recordings),
    });
    const identify = (reference: string) =>
      reference.startsWith(`${EDITOR_PROVIDER}/`)
        ? { provider: EDITOR_PROVIDER, model: reference.slice(EDITOR_PROVIDER.length + 1) }
        : known.client(reference);
    return { ...known, ...replayCatalog(identify, recordings), ready: async () => {} };
  }

  /** Keys that the editor gives out are unknown until then. */
  #learning(secrets: Secrets): Secrets {
    return {
      get: async (request, signal) => {
        const value = await secrets.get(request, signal);
        if (value === null) return null;

        this.#keys.add(value);
        for (const redactor of this.#redactors) redactor.learn([value]);
        return value;
      },
    };
  }
}
