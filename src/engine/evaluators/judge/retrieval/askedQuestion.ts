import { z } from 'zod';
import type { EvaluationInput } from '../../evaluator.ts';
import { materialOf } from '../material.ts';
import { fillPlaceholders, placeholderNames } from '../placeholders.ts';
import { variableOf } from './retrievedContext.ts';

/** The option that says what the target was asked. */
export const queryOption = z
  .string()
  .min(1)
  .optional()
  .describe(
    'The question to the target; can contain variables: {{ name }}. Default: the variable query of the case, or else its input if that is a string or messages.',
  );

type AskedQuestion = { text: string } | { missing: string };

/** What the target was asked, by the option, by the variable `query`, or by an input without variables. */
export function askedQuestion(
  type: string,
  query: string | undefined,
  input: EvaluationInput,
): AskedQuestion {
  const material = materialOf(input);
  if (query !== undefined) {
    const missing = placeholderNames(query).find((name) => !material.has(name));
    if (missing === undefined) return { text: fillPlaceholders(query, material) };
    return { missing: `the query uses {{ ${missing} }}, which the case does not define` };
  }

  const variable = variableOf(input, 'query');
  if (typeof variable === 'string' && variable !== '') return { text: variable };

  const plain = typeof input.case.input === 'string' || input.case.messages !== undefined;
  const text = plain ? material.get('input') : undefined;

  return text === undefined || text === ''
    ? { missing: `${type} has no question: give the case a string variable "query"` }
    : { text };
}
