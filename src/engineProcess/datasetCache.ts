import { statSync } from 'node:fs';
import type { CaseSummary } from './datasetJobs.ts';
import { datasetJob } from './datasetThread.ts';

/** Datasets whose cases are kept, so that each page does not read the file anew. */
const KEPT = 8;

interface Kept {
  stamp: string;
  cases: Promise<CaseList>;
}

export interface CaseList {
  /** Relative to the workspace. */
  path: string;
  cases: readonly CaseSummary[];
}

/** The cases of the datasets that were last looked at, as long as their files stay as they are. */
export class DatasetCache {
  readonly #kept = new Map<string, Kept>();

  /** Reads the file once, however many ask meanwhile. Throws ProblemsError for a dataset with errors. */
  async cases(file: string, { root, signal }: { root: string; signal: AbortSignal }): Promise<CaseList> {
    signal.throwIfAborted();
    const { stamp, size } = fileStamp(file);
    const known = this.#kept.get(file);
    const kept = known?.stamp === stamp ? known : read(file, root, stamp, size);
    this.#kept.delete(file);
    this.#kept.set(file, kept);
    this.#forgetOldest();

    try {
      return await kept.cases;
    } catch (error) {
      if (this.#kept.get(file) === kept) this.#kept.delete(file);
      throw error;
    }
  }

  #forgetOldest(): void {
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}

/** Not ended when one who asked goes away: others may wait for it too. */
function read(file: string, root: string, stamp: string, size: number): Kept {
  const { signal } = new AbortController();
  return { stamp, cases: datasetJob('cases', { file, root }, { size, signal }) };
}

/** Changes with the file; equal for a file that is missing, which reading it reports. */
export function fileStamp(file: string): { stamp: string; size: number } {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  if (!found) return { stamp: '', size: 0 };
  return { stamp: `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`, size: Number(found.size) };
}
