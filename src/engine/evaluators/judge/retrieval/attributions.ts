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
  const said = readAttributions(answer);
  if (said.length === 0) {
    const problem = 'the judge said of no sentence whether it is [Attributed] or [Not Attributed]';
    return { problem, misformed: true };
  }
  if (isTakenBack(answer)) return { problem: 'the judge takes its classification back' };

  const ways = segmentations(expected);
  const sentences = ways.find(({ length }) => length === said.length);
  if (!sentences) {
    const count = ways[0]?.length ?? 0;
    const problem = `the judge classified ${said.length} sentences, and the expected answer has ${count}`;
    return said.length < count ? { problem, misformed: true } : { problem };
  }

  const odd = said.findIndex(({ claim }, index) => !isAbout(claim, sentences[index] ?? '', index + 1));
  if (odd >= 0) {
    return { problem: `the judge's classification ${odd + 1} is not of sentence ${odd + 1}` };
  }

  return { attributed: said.filter(({ attributed }) => attributed).length, total: said.length };
}

function readAttributions(answer: string): Attribution[] {
  const said: Attribution[] = [];
  let from = 0;
  for (const tag of answer.matchAll(TAG)) {
    said.push({ attributed: tag[1] === undefined, claim: answer.slice(from, tag.index) });
    from = tag.index + tag[0].length;
  }
  return said;
}

/** An explanation may follow the last verdict in its line; lines after it may only take their leave. */
function isTakenBack(answer: string): boolean {
  const last = [...answer.matchAll(TAG)].at(-1);
  const [line = '', ...rest] = answer.slice((last?.index ?? 0) + (last?.[0].length ?? 0)).split('\n');
  return RETRACTION.test(line) || meaningOf(rest.join('\n')) === 'decisive';
}

function isAbout(claim: string, sentence: string, number: number): boolean {
  const lines = claim.split('\n');
  if (!/[\p{L}\p{N}]/u.test(lines.at(-1) ?? '') && lines.length <= 2) return true;
  if (lines.some((line) => new RegExp(`^[\\s*#("“-]*${number}\\s*[.):]`).test(line))) return true;
  const words = comparable(sentence).split(' ');
  const known = ` ${comparable(claim)} `;
  const quoted = words.filter((word) => known.includes(` ${word} `));
  return known.includes(comparable(sentence)) || quoted.length / words.length >= QUOTED;
}
