import { z } from 'zod';
import type { Score } from '../../model/evaluation.ts';
import type { EvaluationInput } from '../evaluator.ts';
import { graded, notApplicable } from '../score.ts';

/** Option of the evaluators that compare the output with reference texts. */
export const referenceValue = z
  .union([z.string(), z.array(z.string()).min(1)])
  .optional()
  .describe(
    'The reference text, or a list of which the best match counts. Default: the expected answer of the case.',
  );

/** Option of the evaluators that compare the output with one reference text. */
export const singleReference = z
  .string()
  .optional()
  .describe('The reference text. Default: the expected answer of the case.');

export const NO_REFERENCE = 'the case has no expected answer';

/** The reference texts; empty when there is none. */
export function references(value: string | string[] | undefined, input: EvaluationInput): readonly string[] {
  if (value !== undefined) return typeof value === 'string' ? [value] : value;
  const answer = input.case.expected_output?.answer;
  return answer === undefined ? [] : [answer];
}

/**
 * An evaluator that grades the output by `measure` against its references: `ROUGE-1 0.500, at least 0.75 expected`.
 * Not applicable without a reference.
 */
export function gradedByReferences(
  name: string,
  { value, min }: { value?: string | string[] | undefined; min: number },
  measure: (output: string, references: readonly string[]) => number,
): (input: EvaluationInput) => Score {
  return (input) => {
    const texts = references(value, input);
    if (texts.length === 0) return notApplicable(NO_REFERENCE);
    const score = measure(input.output.text, texts);
    return graded(score, min, `${name} ${score.toFixed(3)}, at least ${min} expected`);
  };
}

/** The measure of the best of several references, each compared with the output as `tokens`. */
export function bestOf<T>(
  tokens: (text: string) => T,
  compare: (output: T, reference: T) => number,
): (output: string, references: readonly string[]) => number {
  return (output, texts) => {
    const candidate = tokens(output);
    return Math.max(...texts.map((reference) => compare(candidate, tokens(reference))));
  };
}

/** Share of 0–1 that a score must reach. */
export function minimum(fallback: number): z.ZodDefault<z.ZodNumber> {
  return z
    .number()
    .min(0)
    .max(1)
    .default(fallback)
    .describe(`Minimum score for a pass, 0–1. Default: ${fallback}.`);
}
