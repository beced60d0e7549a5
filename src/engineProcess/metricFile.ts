import type { Clock } from '../engine/ports.ts';
import { storeStamp } from '../engine/store/file/storeStamp.ts';
import { MetricStore } from '../engine/telemetry/metrics/metricStore.ts';

/** The store of metrics as it is now: an empty one where there is none. */
export class MetricFile {
  readonly #file: string;
  readonly #clock: Clock;
  #opened: { stamp: string; store: MetricStore } | undefined;

  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** Throws StoreError. */
  get store(): MetricStore {
    const stamp = storeStamp(this.#file);
    if (this.#opened?.stamp !== stamp) {
      this.#opened?.store.close();
      this.#opened = undefined;
      this.#opened = { stamp, store: new MetricStore(this.#file, { access: 'read', clock: this.#clock }) };
    }
    return this.#opened.store;
  }

  /** Differs from before where something may have changed. */
  get version(): string {
    const { version } = this.store;
    return `${this.#opened?.stamp} ${version}`;
  }

  close(): void {
    this.#opened?.store.close();
    this.#opened = undefined;
  }
}
