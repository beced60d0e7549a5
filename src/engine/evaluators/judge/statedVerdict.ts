import type { JsonObject } from '../../model/json.ts';
import { CROSS } from './closingWords.ts';
import { withPlainFields } from './plainFields.ts';
import { differs, isAnswer, isOfVerdict, isScore, type Stated, shareOf, statedBy } from './statedValue.ts';
import { BARE, BOXED, FALLS_SHORT, FINAL, LABELLED, LONELY, PHRASE, ROW } from './verdictWords.ts';

const BOX = /\\f?box(?:ed)?\{(?:[^{}]|\{[^{}]*\})*\}/g;

/**
 * How the last thing that the words say of the verdict differs from it: `certain` where a label says another one
 * ("Final score: 0"), `likely` where a sentence does ("so the score is 0"). `full` is the full score of the form.
 */
export function contradiction(
  said: string,
  verdict: JsonObject,
  full: number,
): 'certain' | 'likely' | undefined {
  const words = withPlainNumbers(said);
  const saidBy = (pattern: RegExp) =>
    [...words.matchAll(pattern)].map(statedBy).filter((one) => isOfVerdict(one, verdict, full));
  const isOther = (one: Stated) => differs(one, verdict, full);

  const final = saidBy(FINAL).slice(-1);
  const bare = [BARE, ROW].flatMap(saidBy);
  // Several are those of several criteria.
  const labels = final.length === 0 && bare.length === 1 ? bare : final;
  const boxed = saidBy(BOXED).slice(-1);
  if ([...labels, ...boxed.filter((one) => isScore(one, full))].some(isOther)) return 'certain';

  const speaksAgainst = [...boxed, ...saidBy(PHRASE).slice(-1)].some(isOther);
  const fallsShort = shareOf(verdict, full) === 1 && FALLS_SHORT.test(words);
  return speaksAgainst || fallsShort ? 'likely' : undefined;
}

/** Digits and signs of other scripts and widths as those of ASCII. */
function withPlainNumbers(words: string): string {
  return words
    .normalize('NFKC')
    .replaceAll('⁄', '/')
    .replaceAll('−', '-')
    .replace(/\p{Nd}/gu, plainDigit);
}

/** The ten digits of a script follow each other from its zero, and sometimes those of the next one. */
function plainDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value % 10);
}

const CROSSED = new RegExp(String.raw`^[^\p{L}]*${CROSS.source}`, 'u');

/**
 * Whether the last line before a verdict is nothing but another one: by itself ("FAIL"), or behind a label of whatever
 * language, or behind a cross. Several such lines are those of criteria: the first must be the last.
 */
export function lastLineDiffers(said: string, verdict: JsonObject, full: number): boolean {
  const lines = withPlainNumbers(said)
    .split('\n')
    .filter((line) => /[\p{L}\p{N}\p{So}]/u.test(line));
  const last = lines.at(-1) ?? '';
  if (shareOf(verdict, full) === 1 && CROSSED.test(last)) return true;

  return [LONELY, LABELLED].some((form) => {
    const found = lines.map((line) => form.exec(line)).find((line) => line !== null);
    if (found?.input !== last) return false;

    const one = statedBy(found);
    return !isAnswer(one.label ?? '') && isOfVerdict(one, verdict, full) && differs(one, verdict, full);
  });
}

/** The words as they are read: without the boxes that stand in what is judged, and with fields in plain lines. */
export function plainWords(words: string, material: readonly string[]): string {
  const own = words.replace(BOX, (box) => (material.some((text) => text.includes(box)) ? ' ' : box));
  return withPlainFields(own, material);
}
