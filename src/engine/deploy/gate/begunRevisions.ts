import { existsSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from '../../files/makeFolders.ts';
import { readText } from '../../files/readText.ts';
import { replaceFile } from '../../files/replaceFile.ts';
import type { Random } from '../../ports.ts';

/** As many are remembered of each deployment. */
const MOST = 100;

/** Revisions that another controller has given traffic, in a private file, so that none begins twice after a restart. */
export class BegunRevisions {
  readonly #file: string;
  readonly #random: Random;

  constructor(root: string, random: Random) {
    this.#file = path.join(root, '.touchstone', 'deployments', 'begun.json');
    this.#random = random;
  }

  /** True where it was not known; it is from now on. */
  isFirst(deployment: string, revision: string): boolean {
    const all = this.#read();
    const known = all[deployment] ?? [];
    if (known.includes(revision)) return false;

    makeFolders(path.dirname(this.#file));
    const next = { ...all, [deployment]: [...known, revision].slice(-MOST) };
    replaceFile(this.#file, `${JSON.stringify(next)}\n`, 0o600, this.#random);
    return true;
  }

  /** A file that is broken knows none. */
  #read(): { [deployment: string]: string[] } {
    if (!existsSync(this.#file)) return {};
    try {
      const all = JSON.parse(readText(this.#file)) as { [deployment: string]: unknown };
      return Object.fromEntries(
        Object.entries(all).map(([name, found]) => [
          name,
          Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [],
        ]),
      );
    } catch {
      return {};
    }
  }
}
