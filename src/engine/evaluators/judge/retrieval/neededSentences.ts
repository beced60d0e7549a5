import type { RetrievedContext } from './retrievedContext.ts';
import { linesOf, MAX_SENTENCES, sentencesOf } from './sentences.ts';

const NOTHING_NEEDED = 'Insufficient Information';
/** The sign of a list before a sentence. */
const LIST_SIGN = /^\s*(?:\d+[.)]|[-*])\s*/;

type NeededSentences = { count: number; total: number } | { problem: string };

/**
 * How many parts of a context a judge has picked out, of how many there are, after promptfoo's
 * `matchesContextRelevance`: passages of a list, lines of a text of several, else sentences. Equal sentences count once,
 * and never more than there are parts. An answer of which no sentence stands in the context is none.
 */
export function neededSentences(answer: string, { text, passages }: RetrievedContext): NeededSentences {
  const parts = passages ? passages.filter((passage) => passage.trim() !== '') : sentencesOf(text);
  const total = parts.length;
  if (total === 0) return { problem: 'the context has no sentence' };
  if (answer.includes(NOTHING_NEEDED)) return { count: 0, total };
  const segmented = passages !== undefined || linesOf(text).length > 1;
  const picked = [...new Set(segmented ? linesOf(answer) : sentencesOf(answer))];
  if (picked.length > MAX_SENTENCES) return { problem: 'the judge picked out too many sentences' };
  const whole = comparable(text);
  const quotes = picked.some((sentence) => {
    const quoted = comparable(sentence.replace(LIST_SIGN, ''));
    return quoted !== '' && whole.includes(quoted);
  });
  if (!quotes) return { problem: 'the judge quotes nothing of the context' };
  return { count: Math.min(picked.length, total), total };
}

function comparable(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}
