import { Worker } from 'node:worker_threads';
import type { LanguageFile } from '../engine/language/languageFile.ts';
import type { Problem } from '../engine/model/problem.ts';

/**
 * The problems of a dataset, found in a thread of its own: a large YAML file takes seconds, in which the process
 * could tell of no run and answer no call. Aborting ends the thread at once.
 */
export function checkApart(file: LanguageFile, signal: AbortSignal): Promise<readonly Problem[]> {
  signal.throwIfAborted();
  const { path, absolute, root, text } = file;
  // Beside this file, in the bundle as in the sources.
  const script = new URL(
    import.meta.url.endsWith('.ts') ? './checkWorker.ts' : './checkWorker.js',
    import.meta.url,
  );
  const worker = new Worker(script, { workerData: { path, absolute, root, text } });
  return new Promise<readonly Problem[]>((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason);
      void worker.terminate();
    };
    signal.addEventListener('abort', abort, { once: true });
    worker.once('message', (problems: readonly Problem[]) => resolve(problems));
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', abort);
      reject(new Error(`the thread that checks ${path} ended (${code})`));
    });
  });
}
