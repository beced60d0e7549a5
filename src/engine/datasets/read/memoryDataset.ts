import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { LocatedCase } from '../../model/case.ts';
import { canonicalJson } from '../../model/json.ts';
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
    ...readOnce(cases),
    hasLimits: cases.some(({ case: entry }) => hasOwnLimits(entry.evaluation_criteria)),
    warnings: [],
    batches,
    cases: async function* (options) {
      for await (const batch of batches(options)) yield* batch;
    },
  };
}

/** Case by case, since the text of all of them would be long: the hash is that of the whole list. */
function readOnce(cases: readonly LocatedCase[]): Pick<Dataset, 'contentHash' | 'mentionsFiles'> {
  const digest = createHash('sha256');
  let mentionsFiles = false;

  for (const [at, { case: entry }] of cases.entries()) {
    const text = canonicalJson(entry);
    digest.update((at === 0 ? '[' : ',') + text);
    mentionsFiles ||= /file:\/\/|python|"file":/.test(text);
  }

  return { contentHash: digest.update(cases.length === 0 ? '[]' : ']').digest('hex'), mentionsFiles };
}
