import type { SpanRecord } from '../../model/span.ts';
import type { Clock, Log } from '../../ports.ts';
import { WrittenSpans } from '../../telemetry/writtenSpans.ts';

/** Where finished spans go: the intake of received traces. */
export interface SpanIntake {
  /** For `readWrittenSpans`; they have a buffer of their own, which may be passed on to another thread. */
  keep(written: Uint8Array<ArrayBuffer>): Promise<unknown>;
}

/** So many spans wait at most; what is beyond is not kept. */
const MOST_WAITING = 10_000;
const MOST_BYTES = 256 * 1024 * 1024;
/** What comes within so many milliseconds is stored together: each time costs a wait for the disk. */
const EVERY_MS = 200;
/** For which the last ones are waited for, in milliseconds. */
const CLOSES_MS = 1_000;

/** Spans on their way to the store. It may be slow, full or broken: nobody waits for it. */
export class SpanQueue {
  readonly #intake: SpanIntake;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #waiting = new WrittenSpans();
  #isStoring = false;
  #isFailing = false;
  readonly #closed = new AbortController();
  /** Not kept, since there were too many or the store failed. */
  lost = 0;

  constructor(intake: SpanIntake, { clock, log }: { clock: Clock; log: Log }) {
    this.#intake = intake;
    this.#clock = clock;
    this.#log = log;
  }

  add(spans: readonly SpanRecord[]): void {
    for (const span of spans)
      if (this.#waiting.spans < MOST_WAITING && this.#waiting.bytes < MOST_BYTES) this.#waiting.add(span);
      else this.lost += 1;
    if (!this.#isStoring) void this.#store();
  }

  /** Stores what waits, for a short while; nothing is stored later. */
  async close(): Promise<void> {
    this.#closed.abort('closed');
    const done = new AbortController();
    const tooLong = this.#clock.sleep(CLOSES_MS, done.signal).catch(() => {});
    await Promise.race([this.#keepAll(), tooLong]);
    done.abort('done');
  }

  async #keepAll(): Promise<void> {
    while (this.#waiting.spans > 0 && !this.#isFailing) await this.#keepSome();
  }

  async #store(): Promise<void> {
    this.#isStoring = true;
    try {
      while (this.#waiting.spans > 0) {
        await this.#clock.sleep(EVERY_MS, this.#closed.signal);
        while (this.#waiting.spans > 0) await this.#keepSome();
      }
    } catch {
      // It is closed, which stores the rest.
    } finally {
      this.#isStoring = false;
    }
  }

  async #keepSome(): Promise<void> {
    const taken = this.#waiting.take();
    if (!taken) return;
    try {
      await this.#intake.keep(taken.bytes);
      this.#isFailing = false;
    } catch (error) {
      this.lost += taken.spans;
      if (!this.#isFailing) this.#log.write('warn', `spans of the gateway are not kept: ${String(error)}`);
      this.#isFailing = true;
    }
  }
}
