import { stemsOf } from './units.ts';

/** A shorter reply has left something out, a longer one is no gain: shares of the words. */
const LEAST_LENGTH = 0.3;
/** Share of the original's content words that come back, and of the reply's that are new. */
const LEAST_KEPT = 0.5;
const MOST_NEW = 0.3;

/**
 * Whether a rewritten paragraph may be a shorter form of the original, as far as words tell: not too short, most of
 * the words that carry content come back, few are new, nothing that would be protected (a number, a name, a
 * "never") is added, and each protected stretch keeps a word of what it speaks of. The parts lie between the
 * protected stretches, in order, and are as many in both.
 */
export function isFaithful(
  original: readonly string[],
  rewritten: readonly string[],
  addsProtected: (part: string) => boolean,
): boolean {
  const before = contentOf(original.join(' '));
  const after = contentOf(rewritten.join(' '));
  const kept = count(before, (stem) => after.has(stem)) / Math.max(1, before.size);
  const added = count(after, (stem) => !before.has(stem)) / Math.max(1, after.size);
  const length = wordsOf(rewritten.join(' ')) / Math.max(1, wordsOf(original.join(' ')));
  if (length < LEAST_LENGTH || length > 1 || kept < LEAST_KEPT || added > MOST_NEW) return false;
  return !rewritten.some(addsProtected) && original.every((part, at) => keepsCompany(part, rewritten, at));
}

/** What follows a protected stretch up to the next one: a word of it is still beside that stretch. */
function keepsCompany(part: string, rewritten: readonly string[], at: number): boolean {
  const before = contentOf(at === 0 ? '' : part);
  if (before.size === 0) return true;
  const beside = contentOf([rewritten[at - 1], rewritten[at], rewritten[at + 1]].join(' '));
  return count(before, (stem) => beside.has(stem)) > 0;
}

/** Stems of the words that carry content. */
function contentOf(text: string): Set<string> {
  return new Set([...stemsOf(text)].filter((stem) => !STOP.has(stem)));
}

/** Stems of English words that say little by themselves. */
const STOP = stemsOf(
  'a about after all also although an and another any are as at be because been before being both but by can could did do does doing down during each either for from further had has have having he her here him his how i if in into is it its itself just let may might more most much of off on once or other our out over own same she so some such than that the their them then there these they this those through to too under until up very was we were what when where which while who whom whose why will with would you your',
);

function wordsOf(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

function count(stems: ReadonlySet<string>, meets: (stem: string) => boolean): number {
  return [...stems].filter(meets).length;
}
