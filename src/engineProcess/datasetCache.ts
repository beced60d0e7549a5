import { statSync } from 'node:fs';
import { type Dataset, openDataset } from '../engine/datasets/dataset.ts';

/** Checked datasets kept, so that the pages of one do not each check it anew. */
const KEPT = 8;

/** The datasets that were last looked at, as long as their files stay as they are. */
export class DatasetCache {
  readonly #kept = new Map<string, { stamp: string; dataset: Dataset }>();

  /** Throws ProblemsError as `openDataset` does. */
  async open(file: string, options: { root: string; signal: AbortSignal }): Promise<Dataset> {
    const stamp = stampOf(file);
    const known = this.#kept.get(file);
    this.#kept.delete(file);
    const dataset = known?.stamp === stamp ? known.dataset : await openDataset(file, options);
    this.#kept.set(file, { stamp, dataset });
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    return dataset;
  }
}

/** Changes with the file; equal for a file that is missing, which `openDataset` reports. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found ? `${found.ino}:${found.size}:${found.mtimeNs}` : '';
}
