import { hash } from 'node:crypto';
import type { LocatedCase } from '../../model/case.ts';
import { chosenBatches } from '../../runs/chosenBatches.ts';
import type { CaseSource, RunInputs } from '../../runs/execution/runInputs.ts';

/** Cases are handed out in batches of this many: a small one lets a comparison stop early. */
const BATCH = 16;

/** The cases of a run in a random order, clusters together. */
export interface DrawOrder {
  source: CaseSource;
  /** Case ids of each cluster, in order. */
  clusters: string[][];
}

/**
 * Draws the clusters in a random order that the seed decides: a dataset is often sorted by topic, and a test
 * that stops early needs its first cases to be like the rest. Holds all cases in memory.
 */
export async function drawOrder(inputs: RunInputs, signal: AbortSignal): Promise<DrawOrder> {
  const groups = new Map<string, LocatedCase[]>();
  for await (const batch of chosenBatches(inputs, signal))
    for (const located of batch) {
      const { cluster, id } = located.case;
      const key = cluster === undefined ? `case ${id}` : `cluster ${cluster}`;
      const group = groups.get(key);
      if (group) group.push(located);
      else groups.set(key, [located]);
    }

  const drawn = [...groups]
    .map(([key, members]) => ({ members, place: hash('sha256', `draw\0${inputs.plan.seed}\0${key}`, 'hex') }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ members }) => members);

  const all = drawn.flat();
  return {
    clusters: drawn.map((members) => members.map((located) => located.case.id)),
    source: {
      async *batches(options) {
        for (let start = 0; start < all.length; start += BATCH) {
          options.signal.throwIfAborted();
          yield all.slice(start, start + BATCH);
        }
      },
    },
  };
}
