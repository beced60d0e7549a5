import type { Embedder } from '../embeddings/embeddings.ts';
import type { CallOptions } from '../modelClient.ts';
import { type Wording, wordingOf, wordLikeness } from './wordLikeness.ts';

/** Where a question lies among others. */
export type Place = { by: 'embeddings'; vector: Float32Array } | { by: 'words'; wording: Wording };

/** How questions are compared. */
export interface Likeness {
  readonly by: Place['by'];
  /** Throws ModelError; rejects with the signal's reason when aborted. */
  place(text: string, call: CallOptions): Promise<{ place: Place; costUsd: number | null }>;
  /** The place of a question that was kept; undefined where it was kept for another kind of likeness. */
  placeOf(question: { text: string; vector: Float32Array | null }): Place | undefined;
}

export function embeddingLikeness(embedder: Embedder): Likeness {
  return {
    by: 'embeddings',
    place: async (text, call) => {
      const { vector, costUsd } = await embedder.embed(text, call);
      return { place: { by: 'embeddings', vector: Float32Array.from(vector) }, costUsd };
    },
    placeOf: ({ vector }) => (vector === null ? undefined : { by: 'embeddings', vector }),
  };
}

/** The words that questions have in common: it knows nothing of what they mean. */
export function lexicalLikeness(): Likeness {
  return {
    by: 'words',
    place: async (text) => ({ place: { by: 'words', wording: wordingOf(text) }, costUsd: 0 }),
    placeOf: ({ text }) => ({ by: 'words', wording: wordingOf(text) }),
  };
}

/** 0–1: the cosine of the angle between embeddings (0 for an obtuse one), or the share of words in common. */
export function similarity(a: Place, b: Place): number {
  if (a.by === 'embeddings' && b.by === 'embeddings') return cosine(a.vector, b.vector);
  return a.by === 'words' && b.by === 'words' ? wordLikeness(a.wording, b.wording) : 0;
}

function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return 0;

  let [dot, aa, bb] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    const [x, y] = [a[at] ?? 0, b[at] ?? 0];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }

  const value = dot / Math.sqrt(aa * bb);
  return Number.isFinite(value) ? Math.max(0, Math.min(1, value)) : 0;
}
