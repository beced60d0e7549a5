import path from 'node:path';
import { statPath } from '../files/statPath.ts';
import { releaseFile } from '../model/releaseFile.ts';
import { checkedName, readRelease } from './readRelease.ts';
import type { Release } from './release.ts';

/** Releases that are remembered. */
const MOST = 50;

/** The releases of a workspace for whoever asks for them with each request: read again only where the file is another. */
export class Releases {
  readonly #root: string;
  readonly #known = new Map<string, { release: Release; stamp: string }>();

  constructor(root: string) {
    this.#root = root;
  }

  /** As `readRelease`. */
  read(name: string): Release {
    const file = releaseFile(checkedName(name));
    const entry = statPath(path.join(this.#root, file), file);
    const stamp = entry ? `${entry.ino} ${entry.size} ${entry.mtimeMs} ${entry.ctimeMs}` : '';
    const known = this.#known.get(name);
    if (known && known.stamp === stamp) return known.release;

    this.#known.delete(name);
    const release = readRelease(this.#root, name);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MOST && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(name, { release, stamp });
    return release;
  }
}
