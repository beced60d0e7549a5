import {
  type CacheLimits,
  type CacheName,
  type CacheSize,
  type KeptReply,
  keptBytes,
} from '../../model/keptReply.ts';

/** Where replies are kept. Limits hold for each cache by itself; what was not used for the longest time goes first. */
export interface ReplyStore {
  /** Entries of that age or older are not found. */
  find(cache: CacheName, key: string, now: number, limits: CacheLimits): KeptReply | undefined;
  /** All that are not expired, in no particular order. */
  inPartition(cache: CacheName, partition: string, now: number, limits: CacheLimits): Iterable<KeptReply>;
  /** Adds or replaces; one that is larger than the whole cache is not kept. */
  put(cache: CacheName, replies: readonly KeptReply[], now: number, limits: CacheLimits): void;
  /** They were used. */
  touch(cache: CacheName, keys: readonly string[], now: number): void;
  size(cache: CacheName): CacheSize;
  /** Removes all; returns how many there were. */
  clear(cache: CacheName): number;
}

/** Replies in memory, for tests and for a workspace without a store. */
export function memoryReplies(): ReplyStore {
  const caches = {
    exact: new Map<string, KeptReply & { usedAt: number }>(),
    similar: new Map<string, KeptReply & { usedAt: number }>(),
  };
  const fresh = ({ createdAt }: KeptReply, now: number, { expiresMs }: CacheLimits): boolean =>
    now - createdAt < expiresMs;
  const size = (cache: CacheName): CacheSize => {
    const all = [...caches[cache].values()];
    return { entries: all.length, bytes: all.reduce((sum, reply) => sum + keptBytes(reply), 0) };
  };

  return {
    find(cache, key, now, limits) {
      const found = caches[cache].get(key);
      return found && fresh(found, now, limits) ? withoutUse(found) : undefined;
    },
    inPartition(cache, partition, now, limits) {
      return [...caches[cache].values()]
        .filter((reply) => reply.partition === partition && fresh(reply, now, limits))
        .map(withoutUse);
    },
    put(cache, replies, now, limits) {
      const kept = caches[cache];
      for (const reply of replies) kept.set(reply.key, { ...reply, usedAt: now });
      for (const [key, reply] of kept) if (!fresh(reply, now, limits)) kept.delete(key);

      const oldest = [...kept.values()].sort((a, b) => a.usedAt - b.usedAt || a.createdAt - b.createdAt);
      while (size(cache).bytes > limits.maxBytes) kept.delete(oldest.shift()?.key ?? '');
    },
    touch(cache, keys, now) {
      for (const key of keys) {
        const reply = caches[cache].get(key);
        if (reply) reply.usedAt = Math.max(reply.usedAt, now);
      }
    },
    size,
    clear(cache) {
      const { size: count } = caches[cache];
      caches[cache].clear();
      return count;
    },
  };
}

function withoutUse({ usedAt: _usedAt, ...reply }: KeptReply & { usedAt: number }): KeptReply {
  return reply;
}
