import { statSync } from 'node:fs';
import path from 'node:path';
import { FileError } from '../errors.ts';
import { parseJson } from '../files/json.ts';
import { makeFolders } from '../files/makeFolders.ts';
import { readText } from '../files/readText.ts';
import { writeAtomic } from '../files/writeAtomic.ts';
import { contentHash } from '../model/hash.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import type { Random } from '../ports.ts';

/** What is recorded; also the name of its folder. */
type RecordingKind = 'models' | 'targets' | 'embeddings';

/** What was asked. Equal keys mean the same question, whoever asks it and whenever. */
interface RecordingKey {
  kind: RecordingKind;
  /** Hashed in its canonical form. */
  request: unknown;
  /** From 0: equal questions of different trials have answers of their own. */
  trial: number;
}

/** Version of a recording's form; one of another major version is not read. */
const VERSION = 1;

/**
 * Answers in a folder, each in a readable JSON file named by the SHA-256 of its question. Files are read and
 * written synchronously on purpose: a replay then takes the same course every time.
 */
export class Recordings {
  readonly mode: 'record' | 'replay';
  readonly #folder: string;
  readonly #random: Random;
  readonly #redact: (text: string) => string;
  #written = 0;
  #read = 0;

  /** `redact` takes keys out of every text that is written. */
  private constructor(
    mode: 'record' | 'replay',
    folder: string,
    random: Random,
    redact: (text: string) => string,
  ) {
    this.mode = mode;
    this.#folder = folder;
    this.#random = random;
    this.#redact = redact;
  }

  /** `folder` is absolute, and is made where it is missing. Throws FileError where it cannot be, or for a file in its place. */
  static toRecord(folder: string, random: Random, redact: (text: string) => string): Recordings {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found && !found.isDirectory()) throw notAFolder(folder);
    if (!found) makeFolder(folder);
    return new Recordings('record', folder, random, redact);
  }

  /** Throws FileError when there is no such folder. */
  static toReplay(folder: string, random: Random): Recordings {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (!found) {
      throw new FileError('there is no such folder of recordings', {
        where: { path: folder },
        remedy: `Make one with: touchstone eval --record ${folder}`,
      });
    }
    if (!found.isDirectory()) throw notAFolder(folder);
    return new Recordings('replay', folder, random, (text) => text);
  }

  /** How many answers were written or read so far. */
  get count(): number {
    return this.mode === 'record' ? this.#written : this.#read;
  }

  /**
   * A value without keys. Who records goes on with this one, so that the run sees what a replay will see:
   * a judge that reads the answer is then asked the same both times.
   */
  clean<T>(value: T): T {
    if (typeof value === 'string') return this.#redact(value) as T;
    if (Array.isArray(value)) return value.map((item) => this.clean(item)) as T;
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, item]) => [this.#redact(key), this.clean(item)]);
    return Object.fromEntries(entries) as T;
  }

  /** Keeps an answer; a former one to the same question is replaced. Throws FileError when it cannot be written. */
  write(key: RecordingKey, content: { request: JsonObject; reply: JsonObject }): void {
    const file = this.#file(key);
    const document = { recording: key.kind, version: VERSION, trial: key.trial, ...content };
    makeFolders(path.dirname(file));
    writeAtomic(file, compact(JSON.stringify(this.clean(document), null, 2)), this.#random);
    this.#written += 1;
  }

  /**
   * The recorded answer, or undefined when there is none. Throws FileError with its place when the file is
   * damaged or of another version.
   */
  read(key: RecordingKey): { reply: JsonObject; file: string } | undefined {
    const file = this.#file(key);
    if (!statSync(file, { throwIfNoEntry: false })) return undefined;
    const shown = this.shownName(key);
    const value = parseRecording(readText(file, shown), shown);
    if (!isJsonObject(value) || value['version'] !== VERSION || !isJsonObject(value['reply'])) {
      throw new FileError(`this is not a recording of version ${VERSION}`, {
        where: { path: shown },
        remedy: 'Record it anew with: touchstone eval --record DIR',
      });
    }
    this.#read += 1;
    return { reply: value['reply'], file: shown };
  }

  /** A recording's name within the folder, for messages. */
  shownName({ kind, request, trial }: RecordingKey): string {
    const hash = contentHash(request);
    return `${kind}/${hash.slice(0, 2)}/${hash}-${trial}.json`;
  }

  #file(key: RecordingKey): string {
    return path.join(this.#folder, this.shownName(key));
  }
}

/** What this program wrote reads back as it was; where a person has broken it, the place is said. */
function parseRecording(text: string, shown: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseJson(text, shown).value;
  }
}

/** Ends with a line break. Numbers of a vector stand in one line; a line break within a text is always escaped. */
function compact(json: string): string {
  const vectors = /\[\n\s*(-?[\d.eE+-]+(?:,\n\s*-?[\d.eE+-]+)*)\n\s*\]/g;
  return `${json.replace(vectors, (_, numbers: string) => `[${numbers.replace(/\s+/g, '')}]`)}\n`;
}

/** Says that an answer is missing, and what to do. */
export function notRecorded(what: string, file: string): string {
  return `no reply of ${what} is recorded for this request (${file}); record it with: touchstone eval --record DIR`;
}

/** Before anything is paid for; and a run that asks no model can be replayed, too. */
function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FileError(`the folder of recordings cannot be made: ${reason}`, {
      where: { path: folder },
      remedy: 'Name a folder that can be written to.',
    });
  }
}

function notAFolder(folder: string): FileError {
  return new FileError('this is not a folder', {
    where: { path: folder },
    remedy: 'Name a folder for recordings.',
  });
}
