import type { Redactor } from '../../http/redactor.ts';
import {
  type CatalogPorts,
  createModelCatalog,
  type KeyedCatalog,
  type ProviderConfig,
} from '../../models/catalog.ts';
import { EDITOR_PROVIDER } from '../../models/editorClient.ts';
import { recordingSender, replaySender } from '../../models/recordings/embeddingsRecording.ts';
import { recordingCatalog, replayCatalog } from '../../models/recordings/recordingClient.ts';
import { Recordings } from '../../models/recordings/recordings.ts';
import type { Clock, Environment, Random } from '../../ports.ts';
import { NOT_NEEDED } from '../../targets/environmentReference.ts';

/** What a person asked for with --record or --replay. */
export interface RecordingChoice {
  mode: 'record' | 'replay';
  /** Absolute. */
  folder: string;
}

type Providers = Readonly<Record<string, ProviderConfig>>;

/** Opens the folder; what is written is freed of the run's keys. */
export function openRecordings(
  { mode, folder }: RecordingChoice,
  { random, redactor }: { random: Random; redactor: Redactor },
): Recordings {
  return mode === 'replay'
    ? Recordings.toReplay(folder, random)
    : Recordings.toRecord(folder, random, redactor.text);
}

/** The models of a run, live, recorded or replayed. A replay needs no keys and opens no connection. */
export function openModels(
  providers: Providers,
  ports: CatalogPorts,
  recordings: Recordings | undefined,
): KeyedCatalog {
  if (!recordings) return createModelCatalog(providers, ports);
  if (recordings.mode === 'record') {
    const live = createModelCatalog(providers, {
      ...ports,
      wrapEmbeddings: (reference, send) => recordingSender(reference, send, recordings),
    });
    return { ...live, ...recordingCatalog(live, recordings) };
  }
  const { secrets: _secrets, ...open } = ports;
  // Made only to say which provider and address a reference stands for; never called.
  const known = createModelCatalog(providers, {
    ...open,
    environment: keylessEnvironment(ports.environment),
    wrapEmbeddings: (reference) => replaySender(reference, recordings),
  });
  const identify = (reference: string) =>
    reference.startsWith(`${EDITOR_PROVIDER}/`)
      ? { provider: EDITOR_PROVIDER, model: reference.slice(EDITOR_PROVIDER.length + 1) }
      : known.client(reference);
  return { ...known, ...replayCatalog(identify, recordings), ready: async () => {} };
}

/** Has a value for every name, so that what is configured with a key can be made where there is none. */
export function keylessEnvironment(environment: Environment): Environment {
  return { get: (name) => environment.get(name) || NOT_NEEDED };
}

/** The time of day, in which nothing takes any time: what is replayed brings its recorded times along. */
export function stillClock(clock: Clock): Clock {
  return { now: () => clock.now(), monotonic: () => 0, sleep: (ms, signal) => clock.sleep(ms, signal) };
}

/** For numbers that must not tell two runs apart: fences of judges depend on their material all the same. */
export function stillRandom(random: Random): Random {
  return { next: () => random.next(), hex: (bytes) => '0'.repeat(bytes * 2) };
}
