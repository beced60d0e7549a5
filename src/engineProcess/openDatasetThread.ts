import type { Worker } from 'node:worker_threads';
import { type Dataset, type OpenOptions, openDataset } from '../engine/datasets/dataset.ts';
import { entryAt } from '../engine/files/entryAt.ts';
import { dataFormat } from '../engine/files/formats/dataFormat.ts';
import type { LocatedCase } from '../engine/model/case.ts';
import { LARGE_DATASET } from './datasetThread.ts';
import { answerOf, startThread } from './thread.ts';

/** What a thread knows of a dataset beside its cases. */
export type OpenedHead = Omit<Dataset, 'batches' | 'cases'>;

/**
 * As `openDataset`. A large file is read as a whole in a thread of its own, since YAML takes seconds; its cases come
 * over in batches, and whoever goes through them lets others have their turn in between.
 */
export async function openDatasetAside(file: string, options: OpenOptions): Promise<Dataset> {
  const size = entryAt(file)?.size ?? 0;
  // JSONL is read and checked in small pieces wherever it is opened.
  if (size <= LARGE_DATASET || dataFormat(file) === 'jsonl') return openDataset(file, options);

  const { root, signal } = options;
  signal.throwIfAborted();
  const worker = startThread('openDatasetWorker', { file, root });
  try {
    const head = (await answerOf(worker, 'open', signal)) as OpenedHead;
    return inBatches(head, await batchesOf(worker, signal));
  } finally {
    void worker.terminate();
  }
}

/** Each batch is asked for: all of them at once would be taken in at once. */
async function batchesOf(worker: Worker, signal: AbortSignal): Promise<LocatedCase[][]> {
  const batches: LocatedCase[][] = [];
  for (;;) {
    const answer = answerOf(worker, 'open', signal);
    worker.postMessage('next');
    const batch = (await answer) as LocatedCase[] | null;
    if (batch === null) return batches;
    batches.push(batch);
    await otherTurns();
  }
}

function inBatches(head: OpenedHead, held: readonly LocatedCase[][]): Dataset {
  async function* batches({ signal }: { signal: AbortSignal }) {
    for (const batch of held) {
      signal.throwIfAborted();
      yield [...batch];
      await otherTurns();
    }
  }
  return {
    ...head,
    batches,
    cases: async function* (options) {
      for await (const batch of batches(options)) yield* batch;
    },
  };
}

function otherTurns(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
