import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { UserError } from '../../errors.ts';
import { replaceFile } from '../../files/replaceFile.ts';
import { COMPARISON_WORDS } from '../../model/comparison.ts';
import type { Log, Random } from '../../ports.ts';
import { entryOf } from '../../store/storeFile.ts';
import type { ShadowConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { ShadowProgress } from './shadowProgress.ts';

const target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('provider'), provider: z.string(), model: z.string().exactOptional() }),
  z.object({ kind: z.literal('release'), release: z.string() }),
  z.object({ kind: z.literal('agent'), url: z.string() }),
]);

const config = z.object({
  to: target,
  share: z.number().min(0).max(1),
  suite: z.string().exactOptional(),
  maxPairs: z.int().positive(),
  maxCostUsd: z.number().nonnegative().exactOptional(),
  maxMs: z.number().nonnegative().exactOptional(),
  workers: z.int().positive(),
  queue: z.int().nonnegative(),
});

const latencies = z.object({
  requests: z.int().nonnegative(),
  values: z.array(z.number().nonnegative()).max(2_000),
});

const logs = z.array(z.number());

const interference = z.object({
  slowdown: z.object({ blocks: z.int().nonnegative(), highest: z.number(), logs: z.array(logs) }),
  harmless: z.object({ highest: z.number(), logs }),
  on: latencies,
  off: latencies,
});

const keptShadow = z.object({
  route: z.string(),
  /** The configuration's stays ended until it is another one. */
  startedBy: z.enum(['configuration', 'person']),
  /** Hash of the configuration's shadow that a person's took the place of; null where there was none. */
  replaced: z.string().nullable(),
  config,
  /** Why it ended; null while it goes on. */
  ended: z.string().nullable(),
  startedMs: z.number(),
  mirrored: z.int().nonnegative(),
  pairs: z.int().nonnegative(),
  diverged: z.int().nonnegative(),
  costUsd: z.number().nonnegative(),
  priced: z.int().nonnegative(),
  unpriced: z.int().nonnegative(),
  // Earlier versions have none of these.
  dropped: z.record(z.string(), z.int().nonnegative()).default({}),
  runId: z.string().nullable().default(null),
  verdict: z.enum(COMPARISON_WORDS).nullable().default(null),
  judgeCostUsd: z.number().nonnegative().default(0),
  interference: interference.nullable().default(null),
});

const file = z.object({ version: z.literal(1), shadows: z.array(keptShadow) });

/** A shadow as it survives its process. */
export type KeptShadow = ShadowProgress &
  Pick<z.output<typeof keptShadow>, 'route' | 'startedBy' | 'replaced' | 'ended'> & { config: ShadowConfig };

/** Longer than any list of shadows; a file of a workspace may be anything. */
const MAX_BYTES = 1024 * 1024;

/** Where shadows are kept, usually `.touchstone/shadows.json`. */
export class ShadowFile {
  readonly #path: string;
  readonly #random: Random;
  readonly #log: Log;
  #problem: string | null = null;
  /** What stands in it, as far as that is known. */
  #text = '';

  constructor(path: string, { random, log }: { random: Random; log: Log }) {
    this.#path = path;
    this.#random = random;
    this.#log = log;
  }

  /** Why it cannot be used; null where it can. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Empty where there is none. One that cannot be used is said, and begun anew. */
  read(): KeptShadow[] {
    try {
      const entry = entryOf(this.#path);
      if (!entry) return [];
      if (!isOwn(entry)) return this.#unusable('it is not a file of this user');
      if (entry.size > MAX_BYTES) return this.#unusable('it is too long');

      this.#text = readFileSync(this.#path, 'utf8');
      const read = file.safeParse(JSON.parse(this.#text));
      return read.success ? read.data.shadows : this.#unusable('its content is not what Touchstone writes');
    } catch (error) {
      return this.#unusable(messageOf(error));
    }
  }

  /** In one step, readable by this person alone. What cannot be written is said, and tried again with the next change. */
  write(shadows: readonly KeptShadow[]): void {
    const text = `${JSON.stringify({ version: 1, shadows }, null, 2)}\n`;
    // Where there never was a shadow there is no file.
    if (text === this.#text || (shadows.length === 0 && this.#text === '')) return;

    try {
      const entry = entryOf(this.#path);
      if (entry && !isOwn(entry)) throw new UserError('it is not a file of this user');
      replaceFile(this.#path, text, 0o600, this.#random);
      this.#text = text;
      this.#problem = null;
    } catch (error) {
      this.#say(`shadows are not kept for the next start: ${messageOf(error)}`);
    }
  }

  #unusable(why: string): [] {
    this.#say(`the file of shadows is not used: ${why}`);
    return [];
  }

  #say(problem: string): void {
    if (problem !== this.#problem) this.#log.write('warn', problem, { path: this.#path });
    this.#problem = problem;
  }
}

/** A link could lead anywhere, and another user's file say anything. */
function isOwn(entry: { isFile(): boolean; isSymbolicLink(): boolean; nlink: number; uid: number }): boolean {
  const isSomebodyElse = process.getuid !== undefined && entry.uid !== process.getuid();
  return entry.isFile() && !entry.isSymbolicLink() && entry.nlink === 1 && !isSomebodyElse;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
