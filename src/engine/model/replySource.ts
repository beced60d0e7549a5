import { formatDuration, formatPercent } from './figures.ts';

/**
 * Where a reply comes from that is not a fresh one of the model that was asked. Absent where the model itself answered. It
 * is kept with every output, and decides whether it counts as the target's own.
 */
export type ReplySource =
  | ({ kind: 'cache' } & StoredReply)
  /** A reply to another request, whose words are like this one's. `by`: how the likeness was measured. */
  | ({ kind: 'similar'; similarity: number; by: 'embeddings' | 'words' } & StoredReply)
  /** A simpler model, as `provider/model`. */
  | { kind: 'model'; why: SourceReason; model: string }
  /** The answer that the configuration gives. */
  | { kind: 'fixed'; why: SourceReason };

interface StoredReply {
  why: SourceReason;
  /** The model that gave the reply, as `provider/model`. */
  model: string;
  /** How long before this call the reply was given, in milliseconds. */
  ageMs: number;
  /** SHA-256 of what was asked for it. */
  promptHash: string;
}

/**
 * The model was asked and did not answer, so something else did: by default, that does not count as the model's own. Its own
 * earlier answer, where a person chose to have the cache asked first, does.
 */
export function standsIn(source: ReplySource | undefined): source is ReplySource {
  return source !== undefined && source.why.kind !== 'first';
}

/** The answer was not given now, so neither its time nor its cost is known. */
export function isStored(source: ReplySource | undefined): boolean {
  return source !== undefined && source.kind !== 'model';
}

/** `a reply from the cache, 3 min 12 s old`; `openai/gpt-5-mini`. */
export function sourceText(source: ReplySource): string {
  switch (source.kind) {
    case 'cache':
      return `a stored reply to the same request, ${formatDuration(source.ageMs)} old`;
    case 'similar': {
      const by = source.by === 'words' ? 'by its words' : 'by its embedding';
      return `a stored reply to a question that is ${formatPercent(source.similarity)} alike ${by}, ${formatDuration(source.ageMs)} old`;
    }
    case 'model':
      return source.model;
    case 'fixed':
      return 'the fixed answer';
  }
}

/** What a person should know about an answer: where it comes from, and why the model did not give it now. */
export function sourceNote(source: ReplySource): string {
  if (source.why.kind === 'first') return `not asked for again: ${sourceText(source)}`;
  return `answered by a fallback (${sourceText(source)}), because the model did not answer: ${source.why.message}`;
}

/** What tells sources apart in a tally: `cache`, `similar`, `fixed answer`, or the model. */
export function sourceName(source: ReplySource): string {
  switch (source.kind) {
    case 'cache':
    case 'similar':
      return source.kind;
    case 'model':
      return source.model;
    case 'fixed':
      return 'fixed answer';
  }
}

/** How a call may end so that the next of its fallbacks is tried. */
export const FALLBACK_CAUSES = ['transient', 'rate-limited', 'overloaded', 'spent', 'rejected'] as const;
export type FallbackCause = (typeof FALLBACK_CAUSES)[number];

/**
 * Why the model did not answer itself: how its call ended, in words for people; or `first`, where the cache is asked before
 * the model and nothing was called.
 */
export type SourceReason = { kind: FallbackCause; message: string } | { kind: 'first' };
