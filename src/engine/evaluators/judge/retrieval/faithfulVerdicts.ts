import type { TextProblem } from '../askText.ts';
import { CROSS, meaningOf, RETRACTION } from '../closingWords.ts';

const FINAL = 'final verdict for each statement in order:';
const SINGLE = /\bverdict\b[\s:*"'“”_]*(yes|no)\b/g;

/** A verdict that a quotation holds is none of the judge's. */
const QUOTED = /"[^"\n]*\bverdict\b[^"\n]*"|“[^”\n]*\bverdict\b[^”\n]*”/;
/** "Yes/No" and "Yes, no" are no verdict. */
const SECOND = /^[\s,/|*]*(?:or\s+)?(?:yes|no)\b/;

type FaithfulVerdicts = { supported: number; score: number } | TextProblem;

/**
 * How many of the statements a judge's answer supports, after promptfoo's `matchesContextFaithfulness`: by the final
 * list, else by every "Verdict: Yes" and "Verdict: No". The score is the supported share, 0–1. There must be one verdict
 * for each statement; two final lists, one that says something else than the verdicts above it, and other words in it
 * are no answer.
 */
export function faithfulVerdicts(answer: string, statements: number): FaithfulVerdicts {
  const [above = '', list, ...more] = answer.toLowerCase().split(FINAL);
  const verdicts = [...above.matchAll(SINGLE)];
  if (verdicts.length <= statements && QUOTED.test(above)) return { problem: 'the judge quotes a verdict' };
  if (verdicts.some((verdict) => isUnclear(above, verdict))) {
    return { problem: 'the judge gave a verdict that says both, or takes it back' };
  }

  const single = verdicts.map(([, word = '']) => word);
  if (list === undefined) return share(single, statements);
  if (more.length > 0) return { problem: 'the judge gave more than one list of verdicts' };

  const final = readList(list);
  if (!final) return { problem: "the judge's final list holds more than Yes and No" };

  const same = single.every((word, index) => word === final[index]);
  if (single.length === final.length && !same) {
    return { problem: "the judge's final list says something else than its verdicts" };
  }

  return share(final, statements);
}

function isUnclear(text: string, { 0: verdict, index }: RegExpExecArray): boolean {
  const [rest = ''] = text.slice(index + verdict.length).split('\n', 1);
  return SECOND.test(rest) || RETRACTION.test(rest);
}

/** The words of a list; undefined where one is neither, or both. */
function readList(list: string): string[] | undefined {
  const lines = list.split('\n');
  while (lines.length > 1 && meaningOf(lines.at(-1) ?? '') === 'nothing') lines.pop();

  const words: string[] = [];
  const unnumbered = lines.map((line) => line.replace(/^[\s*]*\d{1,4}[.)]\s+/, ''));
  for (const part of unnumbered.join('\n').split(/[.,;\n]/)) {
    if (!/[\p{L}\p{N}]/u.test(part)) continue;
    const [, word] = /^[^\p{L}]*(yes|no)\b(?!.*\b(?:yes|no|not)\b)/u.exec(part) ?? [];
    if (word === undefined || /[?？]/.test(part) || (word === 'yes' && CROSS.test(part))) return undefined;
    words.push(word);
  }

  return words;
}

function share(words: readonly string[], statements: number): FaithfulVerdicts {
  if (words.length === 0) return { problem: 'the judge gave no verdict on any statement', misformed: true };
  if (words.length !== statements) {
    const problem = `the judge gave ${words.length} verdicts on ${statements} statements`;
    return words.length < statements ? { problem, misformed: true } : { problem };
  }
  const supported = words.filter((word) => word === 'yes').length;
  return { supported, score: supported / statements };
}
