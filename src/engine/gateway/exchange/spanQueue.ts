import { UserError } from '../../errors.ts';
import { counted } from '../../model/figures.ts';
import type { SpanRecord } from '../../model/span.ts';
import type { Clock, Log } from '../../ports.ts';
import { Busy } from '../../telemetry/receiver/otlpRoutes.ts';
import { WrittenSpans } from '../../telemetry/writtenSpans.ts';

/** Where finished spans go: the intake of received traces. */
export interface SpanIntake {
  /**
   * For `readWrittenSpans`; they have a buffer of their own, which may be passed on to another thread. Rejects with UserErrors, and Busy,
   * where it may succeed later.
   */
  keep(written: Uint8Array<ArrayBuffer>): Promise<unknown>;
}

/** So many spans wait at most; what is beyond is not kept. */
const MOST_WAITING = 10_000;
const MOST_BYTES = 256 * 1024 * 1024;
/** What comes within so many milliseconds is stored together: each time costs a wait for the disk. */
const EVERY_MS = 200;
/** After which a store that is full, locked or broken is tried again, in milliseconds. */
const AGAIN_MS = 1_000;
/** For which the last ones are waited for, in milliseconds. */
const CLOSES_MS = 1_000;

/** Spans on their way to the store. It may be slow, full or broken: nobody waits for it. */
export class SpanQueue {
  readonly #intake: SpanIntake;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #waiting = new WrittenSpans();
  #isStoring = false;
  /** Taken, and not stored yet. */
  #taken: { bytes: Uint8Array<ArrayBuffer>; spans: number } | undefined;
  /** Under way: nothing is stored twice. */
  #keeping: Promise<boolean> | undefined;
  /** Why nothing can be stored at the moment. */
  #failing: string | null = null;
  readonly #closed = new AbortController();
  /** Not kept, since too many waited or nobody could ever store them. */
  #lost = 0;

  constructor(intake: SpanIntake, { clock, log }: { clock: Clock; log: Log }) {
    this.#intake = intake;
    this.#clock = clock;
    this.#log = log;
  }

  /** What keeps traces from being stored; null where nothing does. */
  get problem(): string | null {
    if (this.#failing === null) return null;
    const lost = this.#lost > 0 ? `; ${counted(this.#lost, 'span')} lost so far` : '';
    return `traces of requests cannot be stored at the moment: ${this.#failing}${lost}`;
  }

  add(spans: readonly SpanRecord[]): void {
    const taken = this.#taken?.spans ?? 0;
    for (const span of spans)
      if (this.#waiting.spans + taken < MOST_WAITING && this.#waiting.bytes < MOST_BYTES)
        this.#waiting.add(span);
      else this.#lost += 1;
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
    while (this.#isWaiting && (await this.#keepSome()));
  }

  get #isWaiting(): boolean {
    return this.#taken !== undefined || this.#waiting.spans > 0;
  }

  async #store(): Promise<void> {
    this.#isStoring = true;
    try {
      while (this.#isWaiting) {
        await this.#clock.sleep(this.#failing === null ? EVERY_MS : AGAIN_MS, this.#closed.signal);
        await this.#keepAll();
      }
    } catch {
      // It is closed, which stores the rest.
    } finally {
      this.#isStoring = false;
    }
  }

  /** False where they wait again. */
  #keepSome(): Promise<boolean> {
    this.#keeping ??= this.#keepNext().finally(() => {
      this.#keeping = undefined;
    });
    return this.#keeping;
  }

  async #keepNext(): Promise<boolean> {
    const taken = this.#taken ?? this.#waiting.take();
    if (!taken) return false;
    this.#taken = taken;
    try {
      // It may have to be passed on once more.
      await this.#intake.keep(taken.bytes.slice());
      this.#taken = undefined;
      this.#failing = null;
      return true;
    } catch (error) {
      if (this.#failing === null)
        this.#log.write('warn', `spans of the gateway are not kept: ${String(error)}`);
      this.#failing = error instanceof Error ? error.message : String(error);
      if (error instanceof UserError || error instanceof Busy) return false;

      // What comes of a bug would come of it again.
      this.#taken = undefined;
      this.#lost += taken.spans;
      return false;
    }
  }
}
