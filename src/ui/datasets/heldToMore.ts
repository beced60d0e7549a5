import type { CaseResult } from '../../protocol/runEntries.ts';

/** Evaluators that hold an output against the expected answer of its case. Judges may do it too. */
const BY_ANSWER = new Set(['equals', 'levenshtein', 'bleu', 'rouge-n', 'rouge-l', 'token-f1', 'similar']);

/** Names of the evaluators that a result failed and that another expected answer cannot content. */
export function heldToMore({ evaluations }: Pick<CaseResult, 'evaluations'>): string[] {
  const others = evaluations.filter(
    ({ type, stage, status, ...more }) =>
      status === 'scored' && more['pass'] === false && stage !== 'judge' && !BY_ANSWER.has(type),
  );
  return [...new Set(others.map(({ name }) => name))];
}
