import { MOST_CASES } from '../engine/cost/variableSizes.ts';
import type { LocatedCase } from '../engine/model/case.ts';
import { fileStamp } from './datasetCache.ts';
import { openDatasetAside } from './openDatasetThread.ts';

interface Kept {
  stamp: string;
  cases: Promise<readonly LocatedCase[]>;
}

/** The first cases of datasets, by which values are sized, as long as their files stay as they are. */
export class FirstCases {
  readonly #kept = new Map<string, Kept>();

  /** Reads the file once, however many ask meanwhile. Throws UserErrors for a dataset with errors. */
  async of(file: string, root: string): Promise<readonly LocatedCase[]> {
    const { stamp } = fileStamp(file);
    const known = this.#kept.get(file);
    const kept = known?.stamp === stamp ? known : { stamp, cases: read(file, root) };
    this.#kept.set(file, kept);
    try {
      return await kept.cases;
    } catch (error) {
      if (this.#kept.get(file) === kept) this.#kept.delete(file);
      throw error;
    }
  }
}

/** Not ended when one who asked goes away: others may wait for it too. */
async function read(file: string, root: string): Promise<readonly LocatedCase[]> {
  const { signal } = new AbortController();
  const dataset = await openDatasetAside(file, { root, signal });
  const cases: LocatedCase[] = [];
  for await (const located of dataset.cases({ signal })) {
    cases.push(located);
    if (cases.length >= MOST_CASES) break;
  }
  return cases;
}
