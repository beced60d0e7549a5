import { counted } from '../../../model/figures.ts';
import type { TextProblem } from '../askText.ts';
import { CROSS, meaningOf } from '../closingWords.ts';
import { QUOTATION } from '../quotation.ts';

const FINAL = 'final verdict for each statement in order:';
const SINGLE = /\bverdict\b(?:[^\p{L}.;!?]|is\b)*(yes|no)\b/gu;

/** "Yes/No", "Yes, no", "Yes?" and "Yes, partly" are no verdict. */
const UNCLEAR =
  /^[^\p{L}.;\n]*(?:\?|(?:or\s+)?(?:yes|no|partly|partially|in part|perhaps|maybe|probably|possibly|unsure|uncertain)\b)/u;

/** What takes a verdict back where it stands right behind it, or begins a sentence. */
const TAKES_BACK = String.raw`(?:actually|hold on|on reflection|on second thought|scratch that|my mistake|i (?:was|am) wrong|i retract|i withdraw|i take (?:it|that|this) back|disregard|never ?mind|doch nicht)\b|更正|等等|其实|其實|收回`;
const INTERRUPTS = 'wait|correction|edit|oops|sorry|moment|halt|korrektur';
const takenBackBy = (other: string) =>
  new RegExp(
    String.raw`^[^\p{L}\n]*(?:but )?(?:(?:${INTERRUPTS})\b|${TAKES_BACK})|(?:[.!?]\s|\n)[^\p{L}]*(?:(?:${INTERRUPTS}|${other})(?! *\p{L})|${TAKES_BACK})`,
    'u',
  );
const TAKEN_BACK = { yes: takenBackBy('no'), no: takenBackBy('yes') };

/** The next statement begins here; what it says is none of the judge's words. */
const NEXT_STATEMENT = /(?:\n|[.!?]\s)[^\p{L}]*(?:statement )?\d{1,4}[.):]/u;

type FaithfulVerdicts = { supported: number; score: number } | TextProblem;

interface SingleVerdict {
  word: 'yes' | 'no';
  /** What is said behind it, before the next verdict and statement. */
  behind: string;
}

/**
 * How many of the statements a judge's answer supports, after promptfoo's `matchesContextFaithfulness`: by the final
 * list, else by every "Verdict: Yes" and "Verdict: No" that is no quotation. The score is the supported share, 0–1. There
 * must be one verdict for each statement; two final lists, one that says something else than the verdicts above it, and
 * other words in it are no answer.
 */
export function faithfulVerdicts(answer: string, statements: number): FaithfulVerdicts {
  const [above = '', list, ...more] = answer.normalize('NFKC').toLowerCase().split(FINAL);
  const { verdicts, isQuoting } = readVerdicts(above);
  if (isQuoting && list === undefined && verdicts.length < statements) {
    return { problem: 'the judge quotes a verdict' };
  }
  if (verdicts.some(isUnclear)) {
    return { problem: 'the judge gave a verdict that says both, or takes it back' };
  }

  const single = verdicts.map(({ word }) => word);
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

/** A verdict that a quotation holds is none of the judge's. */
function readVerdicts(text: string): { verdicts: SingleVerdict[]; isQuoting: boolean } {
  const own = text.replace(QUOTATION, (quotation) =>
    [...quotation.matchAll(SINGLE)].length > 0 ? ' ' : quotation,
  );
  const found = [...own.matchAll(SINGLE)];
  const verdicts = found.map(({ 0: verdict, 1: word, index }, at): SingleVerdict => {
    const [behind = ''] = own.slice(index + verdict.length, found[at + 1]?.index).split(NEXT_STATEMENT);
    return { word: word === 'yes' ? 'yes' : 'no', behind };
  });
  return { verdicts, isQuoting: own !== text };
}

function isUnclear({ word, behind }: SingleVerdict): boolean {
  return UNCLEAR.test(behind) || TAKEN_BACK[word].test(behind);
}

/** The words of a list; undefined where one is neither, or both. */
function readList(list: string): string[] | undefined {
  const lines = list.split('\n');
  const end = lines.findLastIndex((line) => meaningOf(line) !== 'nothing');

  const words: string[] = [];
  const unnumbered = lines.slice(0, end + 1).map((line) => line.replace(/^[^\p{L}]*\d\./u, ''));
  for (const part of unnumbered.join('\n').split(/[.,;\n]/)) {
    if (!/[\p{L}\p{N}]/u.test(part)) continue;
    const [, word] = /^[^\p{L}]*(yes|no)\b(?!.*\b(?:yes|no|not)\b)/u.exec(part) ?? [];
    if (word === undefined || part.includes('?') || (word === 'yes' && CROSS.test(part))) return undefined;
    words.push(word);
  }

  return words;
}

function share(words: readonly string[], statements: number): FaithfulVerdicts {
  if (words.length === 0) return { problem: 'the judge gave no verdict on any statement', misformed: true };
  const problem = `the judge gave ${counted(words.length, 'verdict')} on ${counted(statements, 'statement')}`;
  if (words.length < statements) return { problem, misformed: true };
  if (words.length > statements) return { problem };

  const supported = words.filter((word) => word === 'yes').length;
  return { supported, score: supported / statements };
}
