import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { graded, notApplicable } from '../score.ts';
import { countNgrams } from './ngrams.ts';
import { minimum, NO_REFERENCE, references, referenceValue } from './referenceTexts.ts';
import { hasUnspacedScript, words } from './words/words.ts';

const MAX_ORDER = 4;
/** Stands for a precision of 0, whose logarithm does not exist. */
const EPSILON = 1e-7;

const options = z.strictObject({ value: referenceValue, min: minimum(0.5) });

/**
 * BLEU-4 with brevity penalty (Papineni et al. 2002, https://doi.org/10.3115/1073083.1073135) over lower-case
 * words between spaces. Orders for which the output is too short are left out, and the others count alike.
 */
export const bleu: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'bleu',
  stage: 'lexical',
  summary:
    "How many of the output's word sequences (one to four words) occur in the references, with a penalty for brevity (BLEU).",
  options,
  shorthand: 'value',
  create: (_spec, { value, min }) => {
    return (input) => {
      const texts = references(value, input);
      if (texts.length === 0) return notApplicable(NO_REFERENCE);
      const score = bleuScore(tokens(input.output.text), texts.map(tokens));
      return graded(score, min, `BLEU ${score.toFixed(3)}, at least ${min} expected`);
    };
  },
};

function bleuScore(candidate: readonly string[], references: readonly (readonly string[])[]): number {
  if (candidate.length === 0) return 0;
  const orders = Math.min(MAX_ORDER, candidate.length);
  let logSum = 0;
  for (let n = 1; n <= orders; n++) {
    logSum += Math.log(precision(candidate, references, n) || EPSILON);
  }
  return brevityPenalty(candidate.length, references) * Math.exp(logSum / orders);
}

/** Each n-gram counts at most as often as in the reference that has it most often. */
function precision(
  candidate: readonly string[],
  references: readonly (readonly string[])[],
  n: number,
): number {
  const counted = references.map((reference) => countNgrams(reference, n));
  let clipped = 0;
  for (const [gram, count] of countNgrams(candidate, n)) {
    clipped += Math.min(count, Math.max(...counted.map((counts) => counts.get(gram) ?? 0)));
  }
  return clipped / (candidate.length - n + 1);
}

/** exp(1 − r/c) for an output of c words that is shorter than r, the length of the reference nearest to it. */
function brevityPenalty(length: number, references: readonly (readonly string[])[]): number {
  const nearest = references
    .map((reference) => reference.length)
    .reduce((best, next) => {
      const gain = Math.abs(best - length) - Math.abs(next - length);
      return gain > 0 || (gain === 0 && next < best) ? next : best;
    });
  return length > nearest ? 1 : Math.exp(1 - nearest / length);
}

function tokens(text: string): readonly string[] {
  if (hasUnspacedScript(text)) return words(text);
  const trimmed = text.toLowerCase().trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}
