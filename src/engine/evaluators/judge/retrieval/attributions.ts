import { counted } from '../../../model/figures.ts';
import type { TextProblem } from '../askText.ts';
import { meaningOf, RETRACTION } from '../closingWords.ts';
import { comparable, segmentations } from './sentences.ts';

type Attributions = { attributed: number; total: number } | TextProblem;

/** What a judge says of one sentence, and the words before it, back to the sentence before. */
interface Attribution {
  attributed: boolean;
  claim: string;
}

const TAG = /\[\s*(not\s+)?attributed\s*\]/gi;
/** Of a sentence's words, this share must stand in what the judge says of it. */
const QUOTED = 0.5;

/**
 * How many sentences of the expected answer a judge found in the context, after promptfoo's `matchesContextRecall`. The
 * judge must speak of each sentence once, in order: by its number, its words, or by the verdict alone. Anything else is
 * no measurement, since nobody can say which sentence was meant.
 */
export function attributions(answer: string, expected: string): Attributions {
  const { said, rest } = readAttributions(answer);
  if (said.length === 0) {
    const problem = 'the judge said of no sentence whether it is [Attributed] or [Not Attributed]';
    return { problem, misformed: true };
  }
  if (isTakenBack(rest)) return { problem: 'the judge takes its classification back' };

  const ways = segmentations(expected);
  const fitting = ways.filter(({ length }) => length === said.length);
  if (fitting.length === 0) {
    const count = ways[0].length;
    const problem = `the judge classified ${counted(said.length, 'sentence')}, and the expected answer has ${count}`;
    return said.length < count ? { problem, misformed: true } : { problem };
  }

  let odd = 0;
  for (const sentences of fitting) {
    odd = firstOdd(said, sentences);
    if (odd < 0)
      return { attributed: said.filter(({ attributed }) => attributed).length, total: said.length };
  }

  return { problem: `the judge's classification ${odd + 1} is not of sentence ${odd + 1}` };
}

function readAttributions(answer: string): { said: Attribution[]; rest: string } {
  const said: Attribution[] = [];
  let from = 0;
  for (const tag of answer.matchAll(TAG)) {
    said.push({ attributed: tag[1] === undefined, claim: answer.slice(from, tag.index) });
    from = tag.index + tag[0].length;
  }
  return { said, rest: answer.slice(from) };
}

/** An explanation may follow the last verdict in its line; lines after it may only take their leave. */
function isTakenBack(rest: string): boolean {
  const [line = '', ...lines] = rest.split('\n');
  return RETRACTION.test(line) || meaningOf(lines.join('\n')) === 'decisive';
}

/** Of the first classification that is not of the sentence at its place; -1 where there is none. */
function firstOdd(said: readonly Attribution[], sentences: readonly string[]): number {
  return said.findIndex(({ claim }, index) => !isAbout(claim, sentences[index] ?? '', index + 1));
}

function isAbout(claim: string, sentence: string, number: number): boolean {
  const lines = claim.split('\n');
  if (lines.length <= 2 && /(?:^|\n)[^\p{L}\p{N}]*$/u.test(claim)) return true;
  if (lines.some((line) => new RegExp(`^[\\s*#("“-]*${number}\\s*[.):]`).test(line))) return true;
  const words = comparable(sentence).split(' ');
  const known = ` ${comparable(claim)} `;
  const quoted = words.filter((word) => known.includes(` ${word} `));
  return known.includes(comparable(sentence)) || quoted.length / words.length >= QUOTED;
}
