import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { openDataset } from '../engine/datasets/dataset.ts';
import { threadAnswer } from './threadAnswer.ts';

// The other end of openDatasetThread.ts: reads a dataset, hands over what is known of it, then a batch whenever one is
// asked for, and null at the end.
const { file, root } = workerData as { file: string; root: string };
const { signal } = new AbortController();

let opened: Awaited<ReturnType<typeof openDataset>> | undefined;
const head = await threadAnswer(async () => {
  opened = await openDataset(file, { root, signal });
  const { batches: _batches, cases: _cases, ...known } = opened;
  return known;
});
parentPort?.postMessage(head);

if (parentPort && opened) {
  for await (const batch of opened.batches({ signal })) {
    await once(parentPort, 'message');
    parentPort.postMessage({ ok: true, value: batch });
  }
  await once(parentPort, 'message');
  parentPort.postMessage({ ok: true, value: null });
}
