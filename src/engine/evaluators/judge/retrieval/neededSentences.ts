import type { TextProblem } from '../askText.ts';
import { RETRACTION } from '../closingWords.ts';
import type { RetrievedContext } from './retrievedContext.ts';
import { comparable, linesOf, MAX_SENTENCES, sentencesOf } from './sentences.ts';

const NOTHING_NEEDED = /insufficient information/i;
/** A quotation of so many characters says which part it is of; a shorter one must be half of the part. */
const TELLING = 12;

type NeededSentences = { count: number; total: number } | TextProblem;

/**
 * How many parts of a context a judge has picked out, of how many there are, after promptfoo's
 * `matchesContextRelevance`: passages of a list, lines of a text of several, else sentences. Only what stands in the
 * context counts, each part once; the words around it are no sentences of the context. An answer that quotes nothing,
 * that quotes and says "Insufficient Information", or that takes its choice back, is none.
 */
export function neededSentences(answer: string, { text, passages }: RetrievedContext): NeededSentences {
  const parts = passages ? passages.filter((passage) => passage.trim() !== '') : sentencesOf(text);
  const total = parts.length;
  if (total === 0) return { problem: 'the context has no sentence' };

  const wanted = [...new Set(parts.map(comparable))].filter((part) => part !== '');
  const isPart = (written: string) => wanted.includes(comparable(written));
  const picked = linesOf(answer).flatMap((line) => (isPart(line) ? [line] : sentencesOf(line)));
  if (picked.length > MAX_SENTENCES) return { problem: 'the judge picked out too many sentences' };

  // What is a part as it stands is no quotation of the shorter parts that it holds.
  const exact = new Set(picked.filter(isPart).map(comparable));
  const rest = picked.map(comparable).filter((quotation) => !exact.has(quotation));
  const others = ` ${rest.join(' ')} `;
  const found = wanted.filter(
    (part) =>
      exact.has(part) || others.includes(` ${part} `) || rest.some((quotation) => isOf(quotation, part)),
  );

  const nothing = answer.split(text).some((words) => NOTHING_NEEDED.test(words));
  if (nothing && found.length > 0) return { problem: 'the judge quotes the context and finds nothing in it' };
  if (nothing) return { count: 0, total };
  if (found.length === 0) return { problem: 'the judge quotes nothing of the context', misformed: true };

  const context = comparable(text);
  const own = picked.filter((line) => !context.includes(comparable(line)));
  if (own.some((line) => RETRACTION.test(line))) return { problem: 'the judge takes its choice back' };
  if (own.some((line) => leavesOut(line, wanted))) {
    return { problem: 'the judge quotes what it does not pick' };
  }

  return { count: found.length, total };
}

/** "Not needed: …" quotes a part, and does not pick it. */
function leavesOut(line: string, parts: readonly string[]): boolean {
  if (/\bnone of\b/i.test(line)) return true;
  const words = comparable(line);
  const rest = parts.reduce((text, part) => text.replace(part, ' '), words);
  return (
    rest !== words && /\b(?:not|isn t|aren t|irrelevant|unneeded|unnecessary|except|excluding)\b/.test(rest)
  );
}

function isOf(quotation: string, part: string): boolean {
  if (quotation.length < Math.min(TELLING, part.length / 2)) return false;
  return ` ${part} `.includes(` ${quotation} `) || (!part.includes(' ') && part.includes(quotation));
}
