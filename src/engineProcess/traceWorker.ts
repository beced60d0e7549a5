import { parentPort, workerData } from 'node:worker_threads';
import { spanPrice } from '../engine/models/prices/spanPrice.ts';
import { type TraceFiles, TraceReader } from '../engine/traces/traceReader.ts';
import { TraceWatch } from '../engine/traces/traceWatch.ts';
import { threadAnswer } from './threadAnswer.ts';
import { type TraceJob, type TraceParams, traceJobs } from './traceJobs.ts';
import type { TraceNews, TraceOrder } from './traceThread.ts';

// The other end of traceThread.ts: one job after the other, on stores that are only read.
const reader = new TraceReader(workerData as TraceFiles, spanPrice({}));
const watch = new TraceWatch(reader, (changes) => tell({ kind: 'changes', changes }));

parentPort?.on('message', (order: TraceOrder) => {
  switch (order.kind) {
    case 'job':
      void answer(order.id, order.job, order.params);
      return;
    case 'watch':
      if (order.on) watch.start();
      else watch.stop();
      return;
    case 'prices':
      reader.price = spanPrice(order.providers);
      return;
  }
});

async function answer<J extends TraceJob>(id: number, job: J, params: TraceParams<J>): Promise<void> {
  tell({ kind: 'answer', id, answer: await threadAnswer(async () => traceJobs[job](reader, params)) });
}

function tell(news: TraceNews): void {
  parentPort?.postMessage(news);
}
