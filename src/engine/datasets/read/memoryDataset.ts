import { basename } from 'node:path';
import type { LocatedCase } from '../../model/case.ts';
import { contentHash } from '../../model/hash.ts';
import type { Dataset } from '../dataset.ts';
import { CURRENT_FORMAT } from '../formatVersion.ts';
import { hasOwnLimits } from '../migrations/from1To2.ts';

const BATCH = 500;

/** Cases in memory as a dataset, for example from a configuration. `path` is relative to the workspace. */
export function memoryDataset(path: string, cases: readonly LocatedCase[]): Dataset {
  async function* batches({ signal }: { signal: AbortSignal }) {
    for (let start = 0; start < cases.length; start += BATCH) {
      signal.throwIfAborted();
      yield cases.slice(start, start + BATCH);
    }
  }

  return {
    header: {
      path,
      format: 'yaml',
      schemaVersion: CURRENT_FORMAT,
      version: '0.0.0',
      name: basename(path).replace(/\.[^.]+$/, ''),
      metadata: {},
    },
    count: cases.length,
    contentHash: contentHash(cases.map(({ case: entry }) => entry)),
    mentionsFiles: cases.some(({ case: entry }) => /file:\/\/|python|"file":/.test(JSON.stringify(entry))),
    hasLimits: cases.some(({ case: entry }) => hasOwnLimits(entry.evaluation_criteria)),
    warnings: [],
    batches,
    cases: async function* (options) {
      for await (const batch of batches(options)) yield* batch;
    },
  };
}
