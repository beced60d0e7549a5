import type { Worker } from 'node:worker_threads';
import type { PriceTable } from '../engine/models/prices/prices.ts';
import type { TraceFiles } from '../engine/traces/traceReader.ts';
import { CallFailure } from '../protocol/callFailure.ts';
import type { EngineCalls } from '../protocol/calls.ts';
import type { EngineEvents } from '../protocol/events.ts';
import { startThread } from './thread.ts';
import type { ThreadAnswer } from './threadAnswer.ts';
import type { TraceJob, TraceParams } from './traceJobs.ts';

/** Providers of the configuration, as far as prices go by them. */
export type PricedProviders = { [name: string]: { baseUrl: string; prices?: PriceTable } };

/** To the thread. */
export type TraceOrder =
  | { kind: 'job'; id: number; job: TraceJob; params: TraceParams<TraceJob> }
  | { kind: 'watch'; on: boolean }
  | { kind: 'prices'; providers: PricedProviders };

/** From the thread. */
export type TraceNews =
  | { kind: 'answer'; id: number; answer: ThreadAnswer }
  | { kind: 'changes'; changes: EngineEvents['traces/changed'] };

/**
 * Reads traces in a thread of its own, started when it is first needed: one of a hundred thousand spans takes seconds, and nothing
 * else of the window must wait for it.
 */
export class TraceThread {
  readonly #files: TraceFiles;
  readonly #onChanges: (changes: EngineEvents['traces/changed']) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown> & { job: TraceJob }>();
  #worker: Worker | undefined;
  #lastId = 0;
  #prices = '';

  constructor(files: TraceFiles, onChanges: (changes: EngineEvents['traces/changed']) => void = () => {}) {
    this.#files = files;
    this.#onChanges = onChanges;
  }

  /** Rejects with CallFailure, or with the signal’s reason. */
  async do<J extends TraceJob>(
    job: J,
    params: TraceParams<J>,
    signal: AbortSignal,
  ): Promise<EngineCalls[J]['result']> {
    signal.throwIfAborted();
    const id = ++this.#lastId;
    const waiting = { ...Promise.withResolvers<unknown>(), job };
    this.#waiting.set(id, waiting);
    const abort = (): void => waiting.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    this.#send({ kind: 'job', id, job, params });

    try {
      return (await waiting.promise) as EngineCalls[J]['result'];
    } finally {
      signal.removeEventListener('abort', abort);
      this.#waiting.delete(id);
    }
  }

  /** A thread that nobody has needed so far need not look. */
  watch(on: boolean): void {
    if (on || this.#worker) this.#send({ kind: 'watch', on });
  }

  /** What calls cost from now on. */
  price(providers: PricedProviders): void {
    const text = JSON.stringify(providers);
    if (text === this.#prices) return;
    this.#prices = text;
    this.#send({ kind: 'prices', providers });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #send(order: TraceOrder): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(order);
  }

  #start(): Worker {
    const worker = startThread('traceWorker', this.#files);
    worker.unref();
    worker.on('message', (news: TraceNews) => this.#hear(news));
    // What it was doing is lost; the next call starts another one.
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', (code) =>
      this.#lose(worker, new Error(`the thread for traces ended (exit code ${code})`)),
    );
    return worker;
  }

  #hear(news: TraceNews): void {
    if (news.kind === 'changes') {
      this.#onChanges(news.changes);
      return;
    }
    const waiting = this.#waiting.get(news.id);
    if (news.answer.ok) waiting?.resolve(news.answer.value);
    else waiting?.reject(new CallFailure(waiting.job, news.answer.failure));
  }

  #lose(worker: Worker, error: Error): void {
    if (this.#worker === worker) {
      this.#worker = undefined;
      this.#prices = '';
    }
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}
