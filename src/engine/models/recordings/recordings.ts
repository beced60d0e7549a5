import { scryptSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { FileError } from '../../errors.ts';
import { entryAt } from '../../files/entryAt.ts';
import { parseJson } from '../../files/formats/parseJson.ts';
import { makeFolders } from '../../files/makeFolders.ts';
import { readText } from '../../files/readText.ts';
import { writeAtomic } from '../../files/writeAtomic.ts';
import { contentHash } from '../../model/hash.ts';
import { canonicalJson, isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Clock, Random } from '../../ports.ts';

/** What is recorded; also the name of its folder. */
type RecordingKind = 'models' | 'targets' | 'embeddings';

/** What was asked. Equal keys mean the same question, whoever asks it and whenever. */
interface RecordingKey {
  kind: RecordingKind;
  /** Hashed in its canonical form. */
  request: unknown;
  /** From 0: equal questions of different trials have answers of their own. */
  trial: number;
  /** Equal questions of two cases may be answered differently. */
  caseId?: string;
}

/** Parts of a reply that differ each time, and do not make it another one. */
const FLEETING: ReadonlySet<string> = new Set([
  'latency_ms',
  'first_token_ms',
  'response_id',
  'usage',
  'cost_usd',
]);

interface RecordedAnswer {
  request: JsonObject;
  reply: JsonObject;
  /** What the answer depends on outside the workspace: name → digest. */
  environment?: JsonObject;
}

interface RecordingPorts {
  random: Random;
  clock: Pick<Clock, 'now'>;
}

/** Days on which answers were recorded, `2026-11-29`, the first and the last of those that were read. */
interface RecordedDays {
  first: string;
  last: string;
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
  readonly #clock: Pick<Clock, 'now'>;
  readonly #redact: (text: string) => string;
  #written = 0;
  #replaced = 0;
  /** Of this session: the answer in each file, and the case that it was given to. */
  readonly #answers = new Map<string, { reply: string; caseId: string | undefined }>();
  #read = 0;
  #days: RecordedDays | undefined;
  #undated = false;
  #salt: string | undefined;
  readonly #digests = new Map<string, string>();

  /** `redact` takes keys out of every text that is written. */
  private constructor(
    mode: 'record' | 'replay',
    folder: string,
    { random, clock }: RecordingPorts,
    redact: (text: string) => string,
  ) {
    this.mode = mode;
    this.#folder = folder;
    this.#random = random;
    this.#clock = clock;
    this.#redact = redact;
  }

  /** `folder` is absolute, and is made where it is missing. Throws FileError where it cannot be, or for a file in its place. */
  static toRecord(folder: string, ports: RecordingPorts, redact: (text: string) => string): Recordings {
    const found = entryAt(folder);
    if (found && !found.isDirectory()) throw notAFolder(folder);
    if (!found) makeFolder(folder);
    return new Recordings('record', folder, ports, redact);
  }

  /** Throws FileError when there is no such folder. */
  static toReplay(folder: string, ports: RecordingPorts): Recordings {
    const found = entryAt(folder);
    if (!found) {
      throw new FileError('there is no such folder of recordings', {
        where: { path: folder },
        remedy: `Make one with: touchstone eval --record ${folder}`,
      });
    }
    if (!found.isDirectory()) throw notAFolder(folder);
    return new Recordings('replay', folder, ports, (text) => text);
  }

  /** How many answers were written or read so far. */
  get count(): number {
    return this.mode === 'record' ? this.#written : this.#read;
  }

  /** How many answers took the place of other ones to the same question, which cannot be replayed any more. */
  get replaced(): number {
    return this.#replaced;
  }

  /** When the answers that were read so far were recorded; undefined where that is not known of all of them. */
  get days(): RecordedDays | undefined {
    return this.#undated ? undefined : this.#days;
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

  /**
   * Keeps an answer; that of a former session to the same question is replaced. Where two cases get different answers
   * to one question, the second one has a file of its own. Throws FileError when it cannot be written.
   */
  write(key: RecordingKey, content: RecordedAnswer): void {
    const file = this.#place(key, content.reply);
    const recordedAt = new Date(this.#clock.now()).toISOString();
    const head = { recording: key.kind, version: VERSION, recorded_at: recordedAt, trial: key.trial };
    const document = { ...head, ...content };
    makeFolders(path.dirname(file));
    writeAtomic(file, compact(JSON.stringify(this.clean(document), null, 2)), this.#random);
    this.#written += 1;
  }

  /**
   * The recorded answer, or undefined when there is none. Throws FileError with its place when the file is
   * damaged or of another version.
   */
  read(key: RecordingKey): { reply: JsonObject; file: string; environment: JsonObject } | undefined {
    const names = [ownName(key), this.shownName(key)].filter((name) => name !== undefined);
    const shown = names.find((name) => entryAt(path.join(this.#folder, name)));
    if (shown === undefined) return undefined;
    const file = path.join(this.#folder, shown);
    const value = parseRecording(readText(file, shown), shown);
    if (!isJsonObject(value) || value['version'] !== VERSION || !isJsonObject(value['reply'])) {
      throw new FileError(`this is not a recording of version ${VERSION}`, {
        where: { path: shown },
        remedy: 'Record it anew with: touchstone eval --record DIR',
      });
    }
    this.#read += 1;
    this.#note(value['recorded_at']);
    const { environment } = value;
    return { reply: value['reply'], file: shown, environment: isJsonObject(environment) ? environment : {} };
  }

  /** A recording's name within the folder, for messages. */
  shownName({ kind, request, trial }: RecordingKey): string {
    const hash = contentHash(request);
    return `${kind}/${hash.slice(0, 2)}/${hash}-${trial}.json`;
  }

  /** Recordings of earlier versions of this program have no date. */
  #note(recordedAt: unknown): void {
    const day = typeof recordedAt === 'string' ? /^\d{4}-\d{2}-\d{2}(?=T)/.exec(recordedAt)?.[0] : undefined;
    if (day === undefined) {
      this.#undated = true;
      return;
    }
    const [first = day] = [day, this.#days?.first ?? day].sort();
    const [last = day] = [day, this.#days?.last ?? day].sort().reverse();
    this.#days = { first, last };
  }

  /** Where an answer is kept: beside one of another case that is different, else in its place. */
  #place(key: RecordingKey, given: JsonObject): string {
    const lasting = Object.entries(given).filter(([name]) => !FLEETING.has(name));
    const reply = canonicalJson(Object.fromEntries(lasting));
    const shared = path.join(this.#folder, this.shownName(key));
    const own = ownName(key);
    const before = this.#answers.get(shared);
    const isOther = before !== undefined && before.reply !== reply;
    const file =
      isOther && own !== undefined && before.caseId !== key.caseId ? path.join(this.#folder, own) : shared;
    const there = this.#answers.get(file);
    if (there && there.reply !== reply) this.#replaced += 1;
    // What a former session kept for this case alone would be found first.
    if (file === shared && own !== undefined) rmSync(path.join(this.#folder, own), { force: true });
    this.#answers.set(file, { reply, caseId: key.caseId });
    return file;
  }

  /** Tells whether a value is the same again; slow on purpose, since recordings may be read by anybody. */
  digest(value: string): string {
    this.#salt ??= this.#readSalt();
    const digest = this.#digests.get(value) ?? scryptSync(value, this.#salt, 12).toString('hex');
    this.#digests.set(value, digest);
    return digest;
  }

  #readSalt(): string {
    const file = path.join(this.#folder, 'salt');
    if (entryAt(file)) return readText(file, 'salt');
    const salt = this.#random.hex(16);
    if (this.mode === 'record') writeAtomic(file, salt, this.#random);
    return salt;
  }
}

/** The name of an answer that is for one case alone. */
function ownName({ kind, request, trial, caseId }: RecordingKey): string | undefined {
  if (caseId === undefined) return undefined;
  const hash = contentHash(request);
  return `${kind}/${hash.slice(0, 2)}/${hash}-${trial}-${contentHash(caseId).slice(0, 8)}.json`;
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
