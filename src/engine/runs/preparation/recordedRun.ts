import type { Redactor } from '../../http/redactor.ts';
import { Recordings } from '../../models/recordings/recordings.ts';
import type { Clock, Environment, Random } from '../../ports.ts';
import { NOT_NEEDED } from '../../targets/secrets/environmentReference.ts';

/** What a person asked for with --record or --replay. */
export interface RecordingChoice {
  mode: 'record' | 'replay';
  /** Absolute. */
  folder: string;
}

/** Opens the folder; what is written is freed of the run's keys. */
export function openRecordings(
  { mode, folder }: RecordingChoice,
  { random, clock, redactor }: { random: Random; clock: Clock; redactor: Redactor },
): Recordings {
  const ports = { random, clock };
  return mode === 'replay'
    ? Recordings.toReplay(folder, ports)
    : Recordings.toRecord(folder, ports, redactor.text);
}

/** Has a value for every name, so that what is configured with a key can be made where there is none. */
export function keylessEnvironment(environment: Environment): Environment {
  return { get: (name) => environment.get(name) || NOT_NEEDED };
}

/** The time of day, in which nothing takes any time: what is replayed brings its recorded times along. */
export function stillClock(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => 0,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    after: (ms, work) => clock.after(ms, work),
  };
}

/** For numbers that must not tell two runs apart: fences of judges depend on their material all the same. */
export function stillRandom(random: Random): Random {
  return { next: () => random.next(), hex: (bytes) => '0'.repeat(bytes * 2) };
}
