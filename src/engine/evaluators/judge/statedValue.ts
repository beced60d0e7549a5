import type { JsonObject, JsonValue } from '../../model/json.ts';
import { WORD_NUMBERS } from './verdictWords.ts';

/** What words say of a verdict, and by which label: a share of the full score, good or bad, or the word of an answer. */
export type Stated = { label: string | undefined } & (
  | { kind: 'number'; value: number; scale: number | undefined }
  | { kind: 'outcome'; good: boolean }
  /** `decides`: a bare yes or no to whether it passes, and not an answer of its own. */
  | { kind: 'word'; word: string; decides: boolean }
);

const ROUNDING = 1e-9;
/** Of a fraction that was written with two decimals. */
const TWO_DECIMALS = 0.005 + ROUNDING;
/** Thoughts may go by another scale: of 5, of 10, in percent. */
const SCALES = [1, 5, 10, 100];
/** Shares of the full score that nobody calls failed, or passed. */
const CLEARLY_GOOD = 0.9;
const CLEARLY_BAD = 0.1;

/** What a match of one of the patterns of verdictWords.ts says. */
export function statedBy({ 0: { length }, index, input, groups = {} }: RegExpExecArray): Stated {
  const { number, scale, percent, stars, good, bad, word = '', label } = groups;
  if (number !== undefined) {
    const written = scale === undefined ? undefined : numberOf(scale);
    return { kind: 'number', label, value: numberOf(number), scale: percent === undefined ? written : 100 };
  }
  if (stars !== undefined) {
    return { kind: 'number', label, value: stars.replaceAll('☆', '').length, scale: stars.length };
  }
  if (good !== undefined || bad !== undefined) return { kind: 'outcome', label, good: good !== undefined };

  const isAlone = ENDS_THERE.test(input.slice(index + length));
  const decides = isAlone && label !== undefined && !isAnswer(label);
  return { kind: 'word', label, word: word.toLowerCase(), decides };
}

/** Whether it is said of the verdict, and not of what is judged, as "The correct answer is 42". */
export function isOfVerdict(said: Stated, { score }: JsonObject, full: number): boolean {
  const { label = '' } = said;
  if (said.kind === 'word' && outcomeOf(said.word) === undefined) return true;
  if (MATTER.test(label)) return false;
  return typeof score !== 'number' || isScore(said, full) || !AMBIGUOUS.test(label);
}

/** A number beyond the scale may be the answer to what was asked of the model under test. */
export function isScore(said: Stated, full: number): boolean {
  return said.kind !== 'number' || said.scale !== undefined || said.value <= full;
}

/** Whether a label names an answer rather than a verdict. */
export function isAnswer(label: string): boolean {
  return ANSWER.test(label);
}

/** Of "No issues", "no" is no verdict. */
const ENDS_THERE = /^(?! *[\p{L}\p{N}])/u;
const ANSWER = /answer|choice|category|winner|expected|output/i;
/** Labels of what is judged. */
const MATTER = /(?:right|correct|true|actual)[\s_]*(?:answer|result|winner|category|decision|points)/i;
/** Labels of a verdict, or of what is judged. */
const AMBIGUOUS =
  /answer|result|total|choice|category|winner|conclu|decision|ergebnis|fazit|risultato|résultat|结论|結論|结果|結果|결과|вывод|итог/i;

function numberOf(text: string): number {
  const word = WORD_NUMBERS.indexOf(text.toLowerCase());
  return word < 0 ? Number(text.replace(',', '.')) : word;
}

/** Whether it is another verdict. `full` is the full score of the form. */
export function differs(said: Stated, verdict: JsonObject, full: number): boolean {
  switch (said.kind) {
    case 'number':
      return differsInNumber(said, verdict, full);
    case 'outcome':
      return differsInOutcome(said.good, verdict, full);
    case 'word': {
      const answers = Object.values(verdict).filter(isShortAnswer);
      if (answers.length > 0) return !answers.some((answer) => isSameWord(answer, said.word));
      const good = outcomeOf(said.word);
      return said.decides && good !== undefined && differsInOutcome(good, verdict, full);
    }
  }
}

function differsInOutcome(good: boolean, verdict: JsonObject, full: number): boolean {
  const share = shareOf(verdict, full);
  return share !== undefined && (good ? share <= CLEARLY_BAD : share >= CLEARLY_GOOD);
}

function differsInNumber(
  { value, scale }: { value: number; scale: number | undefined },
  verdict: JsonObject,
  full: number,
): boolean {
  const { score } = verdict;
  if (typeof score !== 'number') {
    const numbers = Object.values(verdict).filter((other) => typeof other === 'number');
    if (numbers.length > 0) return !numbers.includes(value);
    return scale !== undefined && differsInOutcome(value / scale >= 0.5, verdict, full);
  }
  const share = score / full;
  if (scale !== undefined) return Math.abs(value / scale - share) > TWO_DECIMALS;
  return !SCALES.some((one) => Math.abs(value / one - share) < ROUNDING);
}

function isShortAnswer(value: JsonValue): value is string {
  return typeof value === 'string' && /^(?:yes|no|tie|[a-eyn])$/i.test(value);
}

function isSameWord(answer: string, said: string): boolean {
  const [short = '', long = ''] = [answer.toLowerCase(), said].sort((a, b) => a.length - b.length);
  return long.startsWith(short);
}

/** 0–1: how good a verdict is; undefined where its form has no good and bad. */
export function shareOf({ score, answer, verdict, pass }: JsonObject, full: number): number | undefined {
  if (typeof score === 'number') return score / full;
  for (const value of [answer, verdict, pass]) {
    const good = typeof value === 'boolean' ? value : outcomeOf(value);
    if (good !== undefined) return good ? 1 : 0;
  }
  return undefined;
}

function outcomeOf(value: JsonValue | undefined): boolean | undefined {
  if (typeof value !== 'string') return undefined;
  if (
    /^(?:y|yes|pass(?:ed|es)?|true|correct|accept(?:ed)?|approved?|met|success(?:ful)?|ok|valid)$/i.test(
      value.trim(),
    )
  ) {
    return true;
  }
  const bad = /^(?:n|no|fail(?:ed|s|ure)?|false|incorrect|reject(?:ed)?|not met|unmet|wrong|invalid|error)$/i;
  return bad.test(value.trim()) ? false : undefined;
}

/** Whether a further value of a verdict agrees with its score or answer; undefined where it says nothing of it. */
export function agrees(further: JsonValue, verdict: JsonObject, full: number): boolean | undefined {
  const share = shareOf(verdict, full);
  if (share === undefined) return undefined;
  if (typeof further === 'number')
    return [1, full].some((scale) => Math.abs(further / scale - share) < ROUNDING);
  const good = typeof further === 'boolean' ? further : outcomeOf(further);
  return good === undefined ? undefined : good === share >= 0.5;
}
