import type { FinishedExchange } from '../exchange/finishedExchange.ts';
import type { RecordedCall } from './tools/recordedCalls.ts';

/** A request whose copy is to be made: with the primary's answer, and the tool calls that led to it. */
export interface MirrorJob {
  primary: FinishedExchange;
  recorded: readonly RecordedCall[];
}

/** What waiting copies keep at most, beside their number. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Copies that wait, first come, first served; bounded in number and memory. */
export class MirrorQueue {
  #jobs: MirrorJob[] = [];
  #bytes = 0;

  get size(): number {
    return this.#jobs.length;
  }

  /** False where there is no room, for `most` copies or in memory. */
  add(job: MirrorJob, most: number): boolean {
    const bytes = bytesOf(job);
    if (this.#jobs.length >= most || this.#bytes + bytes > MOST_BYTES) return false;
    this.#jobs.push(job);
    this.#bytes += bytes;
    return true;
  }

  take(): MirrorJob | undefined {
    const job = this.#jobs.shift();
    if (job) this.#bytes -= bytesOf(job);
    return job;
  }

  /** Takes all of them. */
  clear(): MirrorJob[] {
    const jobs = this.#jobs;
    this.#jobs = [];
    this.#bytes = 0;
    return jobs;
  }
}

function bytesOf({ primary }: MirrorJob): number {
  return (primary.request.body?.length ?? 0) + (primary.reply?.body?.length ?? 0);
}
