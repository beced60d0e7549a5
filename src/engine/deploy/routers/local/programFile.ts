import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { parseUntrustedJson } from '../../../files/formats/untrustedJson.ts';
import { readText } from '../../../files/readText.ts';
import { replaceFile } from '../../../files/replaceFile.ts';
import type { Random } from '../../../ports.ts';
import { refuseLinks } from '../../../store/storeFile.ts';
import { RouterError } from '../routerError.ts';

const programEntry = z.strictObject({
  version: z.string(),
  digest: z.string(),
  /** 0 where it could not be started. */
  pid: z.int().min(0),
  /** When and where it was started, which tells it from a later process of the same id. */
  identity: z.string().nullable(),
  port: z.int(),
  /** It was ready once. */
  wasReady: z.boolean(),
});

/** A program that was started for a version. */
export type ProgramEntry = z.output<typeof programEntry>;

const fileSchema = z.strictObject({ version: z.literal(1), programs: z.array(programEntry) });

/** The programs of a deployment, in a file that is private to this person: whoever comes next finds them again. */
export class ProgramFile {
  readonly #file: string;
  readonly #random: Random;

  constructor(folder: string, random: Random) {
    this.#file = path.join(folder, 'programs.json');
    this.#random = random;
  }

  /** Empty where the file is broken: what nobody knows to be ours is not touched. */
  read(): ProgramEntry[] {
    try {
      if (!existsSync(this.#file)) return [];
      refuseLinks(this.#file);
      return fileSchema.parse(parseUntrustedJson(readText(this.#file))).programs;
    } catch {
      return [];
    }
  }

  /** The entry of its version, in place of the one there is. */
  put(entry: ProgramEntry): void {
    this.#write([...this.read().filter(({ version }) => version !== entry.version), entry]);
  }

  remove(version: string): void {
    const entries = this.read();
    const left = entries.filter((entry) => entry.version !== version);
    if (left.length < entries.length) this.#write(left);
  }

  #write(programs: readonly ProgramEntry[]): void {
    try {
      refuseLinks(this.#file);
      const text = `${JSON.stringify({ version: 1, programs }, null, 2)}\n`;
      replaceFile(this.#file, text, 0o600, this.#random);
    } catch (error) {
      throw new RouterError(`what was started cannot be written down: ${(error as Error).message}`, {
        isTransient: true,
        where: { path: this.#file },
        remedy: 'Check that the folder exists and is writable.',
        cause: error,
      });
    }
  }
}
