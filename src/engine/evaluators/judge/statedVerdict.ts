import type { JsonObject, JsonValue } from '../../model/json.ts';

/** What words say of a verdict: a share of the full score, good or bad, or the word of an answer. */
type Stated =
  | { kind: 'number'; value: number; scale: number | undefined }
  | { kind: 'outcome'; good: boolean }
  | { kind: 'word'; word: string };

const NUMBER = String.raw`-?\d+(?:[.,]\d+)?`;
const WORD_NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const MARKS = String.raw`[\s*_"'“|([【]{0,10}`;
const OUTCOME = String.raw`(?:(?<good>pass(?:ed|es)?|correct|excellent|met)|(?<bad>fail(?:ed|s|ure)?|poor|bad|incorrect|wrong|unacceptable|rejected|not met|unmet|not passed|(?:does|did)(?: not|n['’]t) (?:meet|pass|satisfy)|f))\b`;
/** Of "1 minor issue", a number is no score. */
const NOT_A_COUNT = String.raw`(?!\d|[.,]\d)(?![ \t]+(?!points?|punkte?n?|pts|stars?|because|since|as|for|and|but|with|so|given)\p{L})`;
/** A sum leads to its last number. An "a" may be an article. */
const VALUE = String.raw`(?:[\d.,\s+*×·/()-]{1,80}=\s*)?(?:(?<number>${NUMBER}|(?:${WORD_NUMBERS.join('|')})\b)(?:[\s*_]{0,5}(?:/|out of|of|von|sur)\s*(?<scale>\d+|ten|five)|\s*(?<percent>%)|${NOT_A_COUNT})|(?<stars>[★⭐]+☆*)|${OUTCOME}|(?<word>yes|no|tie|[bcdeyn])\b(?![’'.]?\p{L}))`;

const THING =
  'score|grade|verdict|answer|decision|choice|category|winner|rating|result|assessment|judge?ment|evaluation|points';
const FINAL_LABEL = String.raw`\b(?:final|overall|total|my|right|correct|true|actual)\s+(?:${THING})|\b(?:total|gesamtbewertung|endnote|gesamtpunktzahl|endergebnis|puntuación final|calificación final|nota final|note finale|score final)|最终得分|最终评分|最終得分|最終評分|总分|總分|最終スコア|총점`;
const BARE_LABEL = String.raw`(?:^|[.!?。]\s)[ \t>*_#|.\d)-]{0,20}(?:score|points (?:awarded|given|earned)|grade|rating|verdict|decision|result|得分|评分|評分|分数|分數|スコア|punktzahl|puntuación)`;
const SEPARATOR = String.raw`${MARKS}(?:\bis\b|\bwas\b|[:=：|–—]|\s-\s)${MARKS}`;

const FINAL = new RegExp(`(?:${FINAL_LABEL})${SEPARATOR}${VALUE}`, 'giu');
const BARE = new RegExp(`(?:${BARE_LABEL})${SEPARATOR}${VALUE}`, 'gimu');
const TAGGED = new RegExp(String.raw`<(?:score|grade|rating|verdict|result)>\s*${VALUE}\s*</`, 'giu');
/** TeX's box around an answer, by which models end what they work out. */
const BOXED = new RegExp(String.raw`\\f?box(?:ed)?\{\s*(?:\\\w+\s*\{\s*)?${VALUE}`, 'giu');
const PHRASE = new RegExp(
  String.raw`\b(?:(?:i|we)(?:'d| would| will|'ll)? (?:give|assign|award|rate|score|grade) (?:it|this|that|the (?:output|answer|response|reply|text))(?: an?)?(?: (?:final|overall))?(?: (?:score|rating|grade) of)?|(?:so|thus|hence|therefore),? (?:the |my )?(?:final |overall )?(?:score|rating|grade|verdict|answer) (?:is|must be|should be)) ${VALUE}`,
  'giu',
);

const BOX = /\\f?box(?:ed)?\{(?:[^{}]|\{[^{}]*\})*\}/gu;

const ROUNDING = 1e-9;
/** Of a fraction that was written with two decimals. */
const TWO_DECIMALS = 0.005 + ROUNDING;
/** Thoughts may go by another scale: of 5, of 10, in percent. */
const SCALES = [1, 5, 10, 100];
/** Shares of the full score that nobody calls failed, or passed. */
const CLEARLY_GOOD = 0.9;
const CLEARLY_BAD = 0.1;

/**
 * How the last thing that the words say of the verdict differs from it: `certain` where a label says another one
 * ("Final score: 0"), `likely` where a sentence does ("so the score is 0"). `full` is the full score of the form.
 */
export function contradiction(
  words: string,
  verdict: JsonObject,
  full: number,
): 'certain' | 'likely' | undefined {
  const labels = [FINAL, TAGGED]
    .map((pattern) => lastOf(words, pattern))
    .filter((said) => said !== undefined);
  const bare = [...words.matchAll(BARE)];
  // Several are those of several criteria.
  const [only] = bare.length === 1 ? bare : [];
  if (labels.length === 0 && only) labels.push(statedBy(only));
  const boxed = lastOf(words, BOXED);
  if (boxed && isScore(boxed, full)) labels.push(boxed);
  if (labels.some((said) => differs(said, verdict, full))) return 'certain';

  const others = [boxed, lastOf(words, PHRASE)].filter((said) => said !== undefined);
  return others.some((said) => differs(said, verdict, full)) ? 'likely' : undefined;
}

/** The words without the boxes that stand in what is judged, where they are answers and no verdicts. */
export function withoutJudgedBoxes(words: string, material: readonly string[]): string {
  return words.replace(BOX, (box) => (material.some((text) => text.includes(box)) ? ' ' : box));
}

/** A number beyond the scale may be the answer to what was asked of the model under test. */
function isScore(said: Stated, full: number): boolean {
  return said.kind !== 'number' || said.scale !== undefined || said.value <= full;
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

function lastOf(words: string, pattern: RegExp): Stated | undefined {
  const last = [...words.matchAll(pattern)].at(-1);
  return last && statedBy(last);
}

function statedBy({ groups = {} }: RegExpExecArray): Stated {
  const { number, scale, percent, stars, good, bad, word } = groups;
  if (number !== undefined) {
    const written = scale === undefined ? undefined : numberOf(scale);
    return { kind: 'number', value: numberOf(number), scale: percent === undefined ? written : 100 };
  }
  if (stars !== undefined) {
    return { kind: 'number', value: stars.replaceAll('☆', '').length, scale: stars.length };
  }
  if (good !== undefined || bad !== undefined) return { kind: 'outcome', good: good !== undefined };
  return { kind: 'word', word: (word ?? '').toLowerCase() };
}

function numberOf(text: string): number {
  const word = WORD_NUMBERS.indexOf(text.toLowerCase());
  return word < 0 ? Number(text.replace(',', '.')) : word;
}

function differs(said: Stated, verdict: JsonObject, full: number): boolean {
  switch (said.kind) {
    case 'number':
      return differsInNumber(said, verdict, full);
    case 'outcome': {
      const share = shareOf(verdict, full);
      return share !== undefined && (said.good ? share <= CLEARLY_BAD : share >= CLEARLY_GOOD);
    }
    case 'word': {
      const answers = Object.values(verdict).filter(isShortAnswer);
      return answers.length > 0 && !answers.some((answer) => isSameWord(answer, said.word));
    }
  }
}

function differsInNumber(
  { value, scale }: { value: number; scale: number | undefined },
  verdict: JsonObject,
  full: number,
): boolean {
  const { score } = verdict;
  if (typeof score !== 'number') {
    const numbers = Object.values(verdict).filter((other) => typeof other === 'number');
    return numbers.length > 0 && !numbers.includes(value);
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
function shareOf({ score, answer, verdict, pass }: JsonObject, full: number): number | undefined {
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
