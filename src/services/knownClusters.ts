import path from 'node:path';
import { z } from 'zod';
import { readText } from '../engine/files/readText.ts';
import { replaceFile } from '../engine/files/replaceFile.ts';
import type { Random } from '../engine/ports.ts';
import { makeFolder, refuseLinks } from '../engine/store/storeFile.ts';

const fileSchema = z.array(z.string());

/**
 * The deployments to clusters that a person has begun or steered from this workspace on this machine: those that its services process takes up.
 * Nobody's cluster is asked, and nobody's deployment is taken over, because a configuration names it.
 */
export class KnownClusters {
  readonly #file: string;
  readonly #random: Random;

  constructor(root: string, random: Random) {
    this.#file = path.join(root, '.touchstone', 'clusters.json');
    this.#random = random;
  }

  /** A file that is missing or broken knows none. */
  names(): readonly string[] {
    try {
      return fileSchema.parse(JSON.parse(readText(this.#file)));
    } catch {
      return [];
    }
  }

  add(deployment: string): void {
    const names = this.names();
    if (names.includes(deployment)) return;
    makeFolder(path.dirname(this.#file));
    refuseLinks(this.#file);
    replaceFile(this.#file, `${JSON.stringify([...names, deployment])}\n`, 0o600, this.#random);
  }
}
