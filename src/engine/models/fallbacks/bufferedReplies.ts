import { StoreError } from '../../errors.ts';
import type { CacheLimits, CacheName, KeptReply } from '../../model/keptReply.ts';
import type { Log } from '../../ports.ts';
import type { ReplyStore } from './replyStore.ts';

/** As many changes are written together: each write waits for the disk. A process that is killed loses the last ones. */
const BATCH = 64;

/** One cache of a run, whose changes are written in batches. A store that fails ends the cache, and never the run. */
export class BufferedReplies {
  readonly #store: ReplyStore;
  readonly #cache: CacheName;
  readonly #limits: CacheLimits;
  readonly #log: Log;
  readonly #added = new Map<string, KeptReply>();
  readonly #used = new Set<string>();
  #failed = false;

  constructor(options: { store: ReplyStore; cache: CacheName; limits: CacheLimits; log: Log }) {
    this.#store = options.store;
    this.#cache = options.cache;
    this.#limits = options.limits;
    this.#log = options.log;
  }

  find(key: string, now: number): KeptReply | undefined {
    const added = this.#added.get(key);
    if (added) return now - added.createdAt < this.#limits.expiresMs ? added : undefined;
    return this.#guarded(() => this.#store.find(this.#cache, key, now, this.#limits));
  }

  /** Written ones and those to be written. */
  *inPartition(partition: string, now: number): Iterable<KeptReply> {
    this.flush(now);
    yield* this.#guarded(() => this.#store.inPartition(this.#cache, partition, now, this.#limits)) ?? [];
  }

  put(reply: KeptReply, now: number): void {
    if (this.#failed) return;
    this.#added.set(reply.key, reply);
    if (this.#added.size >= BATCH) this.flush(now);
  }

  touch(key: string, now: number): void {
    this.#used.add(key);
    if (this.#used.size >= BATCH) this.flush(now);
  }

  flush(now: number): void {
    const [added, used] = [[...this.#added.values()], [...this.#used]];
    this.#added.clear();
    this.#used.clear();
    if (added.length > 0) this.#guarded(() => this.#store.put(this.#cache, added, now, this.#limits));
    if (used.length > 0) this.#guarded(() => this.#store.touch(this.#cache, used, now));
  }

  #guarded<T>(work: () => T): T | undefined {
    if (this.#failed) return undefined;
    try {
      return work();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#failed = true;
      this.#log.write('warn', `the ${this.#cache} cache is not used any more: ${error.describe()}`);
      return undefined;
    }
  }
}
