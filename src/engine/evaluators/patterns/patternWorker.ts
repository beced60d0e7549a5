import { Worker } from 'node:worker_threads';
import { PatternTimeout } from './pattern.ts';

/** Source of the worker; a text so that it is part of any bundle. */
const SOURCE = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ id, pattern, flags, text }) => {
  parentPort.postMessage({ id, found: new RegExp(pattern, flags).test(text) });
});
`;

interface Job {
  id: number;
  pattern: string;
  flags: string;
  text: string;
  resolve: (found: boolean) => void;
  reject: (error: Error) => void;
}

/** One thread that runs patterns on JavaScript's own engine, one after the other, each under a time limit. */
export class PatternWorker {
  readonly #limitMs: number;
  readonly #waiting: Job[] = [];
  #running: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #worker: Worker | undefined;
  #online = false;
  #nextId = 0;
  #closed = false;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Rejects with PatternTimeout when the worker had to be ended. */
  test(pattern: string, flags: string, text: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Error('the pattern matcher is closed'));
      this.#waiting.push({ id: this.#nextId++, pattern, flags, text, resolve, reject });
      this.#next();
    });
  }

  /** Ends the thread; what is still waiting is rejected. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const job of [this.#running, ...this.#waiting.splice(0)]) {
      job?.reject(new Error('the pattern matcher was closed'));
    }
    this.#running = undefined;
    await this.#drop();
  }

  #next(): void {
    if (this.#running) return;

    const job = this.#waiting.shift();
    if (!job) {
      this.#worker?.unref();
      return;
    }

    this.#running = job;
    const { id, pattern, flags, text } = job;
    const worker = this.#start();
    worker.ref();

    // Time counts from when the thread runs: starting it is not the pattern's fault.
    const arm = (): void => {
      this.#timer = setTimeout(() => this.#expire(job), this.#limitMs);
      worker.postMessage({ id, pattern, flags, text });
    };

    if (this.#online) arm();
    else worker.once('online', arm);
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;

    this.#online = false;
    const worker = new Worker(SOURCE, { eval: true, env: {}, execArgv: [] });
    worker.once('online', () => {
      this.#online = true;
    });
    worker.on('message', (reply: { id: number; found: boolean }) => {
      if (reply.id === this.#running?.id) this.#finish((job) => job.resolve(reply.found));
    });
    worker.on('error', (error) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#finish((job) => job.reject(error instanceof Error ? error : new Error(String(error))));
    });
    this.#worker = worker;

    return worker;
  }

  #expire(job: Job): void {
    void this.#drop();
    if (this.#running === job) {
      this.#finish(() => job.reject(new PatternTimeout(job.pattern, this.#limitMs)));
    }
  }

  #finish(answer: (job: Job) => void): void {
    clearTimeout(this.#timer);
    const job = this.#running;
    this.#running = undefined;
    if (job) answer(job);
    this.#next();
  }

  async #drop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}
