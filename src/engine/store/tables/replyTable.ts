import {
  type CacheLimits,
  type CacheName,
  type CacheSize,
  type KeptReply,
  keptBytes,
} from '../../model/keptReply.ts';
import type { Connection } from '../file/connection.ts';

/** As many are removed at a time where a cache is too large. */
const STEP = 32;
const COLUMNS = 'key, partition, created_at, question, vector, body';

/**
 * Replies of models that may be given again: the exact and the semantic cache, each with its own limits. Times are
 * milliseconds since the epoch.
 */
export class ReplyTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(cache: CacheName, key: string, now: number, { expiresMs }: CacheLimits): KeptReply | undefined {
    const [row] = this.#connection.all(
      `SELECT ${COLUMNS} FROM replies WHERE cache = ? AND key = ? AND ? - created_at < ?`,
      cache,
      key,
      now,
      expiresMs,
    );
    return row && keptOf(row);
  }

  *inPartition(
    cache: CacheName,
    partition: string,
    now: number,
    { expiresMs }: CacheLimits,
  ): Iterable<KeptReply> {
    const rows = this.#connection.iterate(
      `SELECT ${COLUMNS} FROM replies WHERE cache = ? AND partition = ? AND ? - created_at < ?`,
      cache,
      partition,
      now,
      expiresMs,
    );
    for (const row of rows) yield keptOf(row);
  }

  /** Adds or replaces; then removes what is expired, and what was not used for the longest time where it is too much. */
  put(
    cache: CacheName,
    replies: readonly KeptReply[],
    now: number,
    { maxBytes, expiresMs }: CacheLimits,
  ): void {
    this.#connection.transaction(() => {
      for (const reply of replies) this.#insert(cache, reply, now);
      this.#connection.run(
        'DELETE FROM replies WHERE cache = ? AND ? - created_at >= ?',
        cache,
        now,
        expiresMs,
      );
      while (this.size(cache).bytes > maxBytes) this.#removeOldest(cache, maxBytes);
    });
  }

  touch(cache: CacheName, keys: readonly string[], now: number): void {
    this.#connection.transaction(() => {
      for (const key of keys)
        this.#connection.run(
          'UPDATE replies SET used_at = max(used_at, ?) WHERE cache = ? AND key = ?',
          now,
          cache,
          key,
        );
    });
  }

  /** Of a store of an earlier version that is only read, nothing. */
  size(cache: CacheName): CacheSize {
    if (!this.#connection.hasTable('reply_sizes')) return { entries: 0, bytes: 0 };
    const [row] = this.#connection.all('SELECT entries, bytes FROM reply_sizes WHERE cache = ?', cache);
    return { entries: Number(row?.['entries'] ?? 0), bytes: Number(row?.['bytes'] ?? 0) };
  }

  /** Returns how many there were. */
  clear(cache: CacheName): number {
    return this.#connection.run('DELETE FROM replies WHERE cache = ?', cache);
  }

  #insert(cache: CacheName, reply: KeptReply, now: number): void {
    const { key, partition, createdAt, question, body } = reply;
    // Replacing would not tell the trigger how large the old one was.
    this.#connection.run('DELETE FROM replies WHERE cache = ? AND key = ?', cache, key);
    this.#connection.run(
      `INSERT INTO replies (cache, key, partition, bytes, created_at, used_at, question, vector, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      cache,
      key,
      partition,
      keptBytes(reply),
      createdAt,
      now,
      question?.text ?? null,
      question?.vector ? bytesOf(question.vector) : null,
      body,
    );
  }

  /** One by one, so that no more go than have to. */
  #removeOldest(cache: CacheName, maxBytes: number): void {
    const oldest = this.#connection.all(
      'SELECT key, bytes FROM replies WHERE cache = ? ORDER BY used_at, created_at LIMIT ?',
      cache,
      STEP,
    );
    let { bytes } = this.size(cache);
    for (const row of oldest) {
      if (bytes <= maxBytes) return;
      this.#connection.run('DELETE FROM replies WHERE cache = ? AND key = ?', cache, String(row['key']));
      bytes -= Number(row['bytes']);
    }
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function keptOf(row: Record<string, unknown>): KeptReply {
  const { vector, question } = row;
  return {
    key: String(row['key']),
    partition: String(row['partition']),
    createdAt: Number(row['created_at']),
    question: typeof question === 'string' ? { text: question, vector: vectorOf(vector) } : null,
    body: String(row['body']),
  };
}

/** Copied: SQLite's bytes may begin anywhere, and floats may not. */
function vectorOf(bytes: unknown): Float32Array | null {
  return bytes instanceof Uint8Array ? new Float32Array(new Uint8Array(bytes).buffer) : null;
}
