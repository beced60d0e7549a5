import { Worker } from 'node:worker_threads';
import { CallFailure } from '../protocol/callFailure.ts';
import type { ThreadAnswer } from './threadAnswer.ts';

/** Programs of threads; each stands beside this file, in the bundle as in the sources. */
type Program = 'datasetWorker' | 'openDatasetWorker' | 'reportWorker' | 'traceWorker';

export function startThread(program: Program, workerData: unknown): Worker {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new Worker(new URL(`./${program}.${ending}`, import.meta.url), { workerData });
}

/**
 * The next answer of a thread; `what` names its work. Aborting ends the thread at once. What the work throws comes as
 * a CallFailure.
 */
export async function answerOf(worker: Worker, what: string, signal: AbortSignal): Promise<unknown> {
  const next = Promise.withResolvers<ThreadAnswer>();
  const abort = (): void => {
    next.reject(signal.reason);
    void worker.terminate();
  };
  const ended = (code: number): void => {
    next.reject(new Error(`the thread for '${what}' ended too early (exit code ${code})`));
  };
  signal.addEventListener('abort', abort, { once: true });
  worker.once('message', next.resolve).once('error', next.reject).once('exit', ended);

  try {
    const answer = await next.promise;
    if (answer.ok) return answer.value;
    throw new CallFailure(what, answer.failure);
  } finally {
    signal.removeEventListener('abort', abort);
    worker.off('message', next.resolve).off('error', next.reject).off('exit', ended);
  }
}
