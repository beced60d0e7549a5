import { noLog, noSpan, systemClock } from '../../../src/engine/ports.ts';
import { InProcessExecutor } from '../../../src/engine/runs/tickets/inProcessExecutor.ts';
import { noTracer } from '../../../src/engine/telemetry/tracer.ts';
import { executedInputs } from './executedInputs.ts';
import type { Answer, Order } from './processExecutor.ts';

/** Executes the tickets that it is sent, in the run that it has prepared for itself. */
const executor = new InProcessExecutor({
  inputs: executedInputs(['a', 'b', 'broken', 'slow']),
  tracer: noTracer,
  runSpan: noSpan,
  clock: systemClock,
  log: noLog,
});
const working = new Map<number, AbortController>();

process.on('message', async (order: Order) => {
  if (order.work === 'cancel') {
    working.get(order.id)?.abort(new DOMException('cancelled', 'AbortError'));
    return;
  }
  const stop = new AbortController();
  working.set(order.id, stop);
  process.send?.(await answerTo(order, stop.signal));
  working.delete(order.id);
});

async function answerTo(order: Exclude<Order, { work: 'cancel' }>, signal: AbortSignal): Promise<Answer> {
  try {
    return { id: order.id, result: await work(order, signal) };
  } catch (error) {
    return { id: order.id, error: error instanceof Error ? error.message : String(error) };
  }
}

function work(order: Exclude<Order, { work: 'cancel' }>, signal: AbortSignal): Promise<unknown> {
  switch (order.work) {
    case 'run':
      return executor.run(order.ticket, signal);
    case 'call':
      return executor.call(order.ticket, signal);
    case 'judge':
      return executor.judge(order.ticket, signal);
  }
}
