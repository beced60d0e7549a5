import type { Dataset } from '../../datasets/dataset.ts';
import { ConfigError } from '../../errors.ts';
import type { Evaluator } from '../../evaluators/evaluator.ts';
import type { LocatedCase } from '../../model/case.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { caseFilter } from '../caseFilter.ts';

/**
 * A suite without evaluators measures what its cases call for. Throws ConfigError when no chosen case calls for
 * anything: everything would be called and paid, and nothing measured. Reads up to the first case that does.
 */
export async function ensureMeasured(
  dataset: Dataset,
  { name, filter }: SuiteConfig,
  evaluatorsFor: (entry: LocatedCase) => readonly Evaluator[],
  signal: AbortSignal,
): Promise<void> {
  const matches = caseFilter(filter);
  let answers = false;
  let chosen = 0;

  for await (const batch of dataset.batches({ signal })) {
    for (const located of batch) {
      if (!matches(located.case)) continue;
      if (evaluatorsFor(located).length > 0) return;
      chosen += 1;
      answers ||= located.case.expected_output?.answer !== undefined;
    }
  }

  if (chosen === 0) return;

  throw new ConfigError(`the suite "${name}" has no evaluators, and no case says what to check`, {
    where: { path: dataset.header.path },
    remedy: answers
      ? 'The cases have an answer: say how to compare with it, e.g. evaluators: [equals], [token-f1], or [factuality] with a judge.'
      : 'Give the suite evaluators, or the cases an expected_output, e.g. { expected_concepts: [30 days] }.',
  });
}
