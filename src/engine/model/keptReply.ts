/** The exact cache gives a reply again to the same request, the semantic one to a request with similar words. */
export type CacheName = 'exact' | 'similar';

/** A reply of a model that is kept to be given again, as plain data. Times are milliseconds since the epoch. */
export interface KeptReply {
  key: string;
  /** Only replies of the same partition are ever compared; empty in the exact cache. */
  partition: string;
  createdAt: number;
  /** What was asked, for the semantic cache; null in the exact one. */
  question: { text: string; vector: Float32Array | null } | null;
  /** JSON. */
  body: string;
}

export interface CacheLimits {
  maxBytes: number;
  /** Entries of this age are not found, and are removed when something is added. */
  expiresMs: number;
}

export interface CacheSize {
  entries: number;
  bytes: number;
}

/** What a reply takes of its cache, in bytes. */
export function keptBytes({ key, partition, question, body }: KeptReply): number {
  const texts = [key, partition, question?.text ?? '', body];
  const vector = question?.vector?.byteLength ?? 0;
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), vector);
}
