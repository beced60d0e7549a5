import { z } from 'zod';
import type { EvaluationInput } from '../evaluator.ts';

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

/** Share of 0–1 that a score must reach. */
export function minimum(fallback: number): z.ZodDefault<z.ZodNumber> {
  return z
    .number()
    .min(0)
    .max(1)
    .default(fallback)
    .describe(`Minimum score for a pass, 0–1. Default: ${fallback}.`);
}
