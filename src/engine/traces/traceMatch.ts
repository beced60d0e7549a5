import type { TraceFilter, TraceOrder } from './traceQuery.ts';
import type { ListedTrace, TraceSummary } from './traceSummary.ts';

/** The same as the conditions of traceQuery.ts, for a trace that is not in the list of received ones. */
export function matchesFilter(summary: ListedTrace, words: string, filter: TraceFilter): boolean {
  const { startMs, endMs, services, session, release, models, errors, score, origin } = summary;
  const { since, until, endedSince, service, anyService, model, slowerThanMs, scoreBelow } = filter;

  if (since !== undefined && startMs < since) return false;
  if (until !== undefined && startMs > until) return false;
  if (endedSince !== undefined && endMs < endedSince) return false;
  if (service !== undefined && !services.includes(service)) return false;
  if (anyService !== undefined && !services.includes(anyService)) return false;
  if (filter.session !== undefined && ![session, origin?.runId].includes(filter.session)) return false;
  if (filter.release !== undefined && release !== filter.release) return false;
  if (model !== undefined && !models.includes(model)) return false;
  if (filter.errors === true && errors === 0) return false;
  if (slowerThanMs !== undefined && endMs - startMs < slowerThanMs) return false;
  if (scoreBelow !== undefined && (score === null || score >= scoreBelow)) return false;
  return wordsOfText(filter.text).every((word) => words.includes(word));
}

/**
 * What the stored spans of a match contain as they are written: by it, most of those that do not match need not be read. Only
 * what is written the same everywhere, in ASCII and without escapes.
 */
export function plainNeedles({ service, session, release, model, text }: TraceFilter): string[] {
  const words = wordsOfText(text).filter((word) => !word.includes('=') && !/^[0-9a-f]+$/.test(word));
  return [service, session, release, model, ...words].filter(
    (needle): needle is string => typeof needle === 'string' && /^[!#-[\]-~]+$/.test(needle),
  );
}

/** Larger for what comes first, as `orderOf` in traceQuery.ts. */
export function rankOf(summary: TraceSummary, order: TraceOrder): number {
  const { startMs, endMs, costUsd, tokens, errors, score } = summary;
  switch (order) {
    case 'newest':
      return startMs;
    case 'slowest':
      return endMs - startMs;
    case 'costliest':
      return costUsd ?? -1;
    case 'tokens':
      return tokens.input === null && tokens.output === null
        ? -1
        : (tokens.input ?? 0) + (tokens.output ?? 0);
    case 'errors':
      return errors;
    case 'lowest-score':
      return score === null ? Number.NEGATIVE_INFINITY : -score;
  }
}

function wordsOfText(text: string | undefined): string[] {
  return (text ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}
