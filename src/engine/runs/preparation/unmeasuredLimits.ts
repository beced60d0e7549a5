import { type Dataset, openDataset } from '../../datasets/dataset.ts';
import { memoryDataset } from '../../datasets/read/memoryDataset.ts';
import { UserError } from '../../errors.ts';
import { parseAssertion } from '../../evaluators/specs/specs.ts';
import type { LocatedCase } from '../../model/case.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { Problem } from '../../model/problem.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { caseCallsFor } from '../../suites/evaluators/defaultEvaluators.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import { caseFilter } from '../caseFilter.ts';
import { unmeasuredLimits } from './caseLimits.ts';

const REMEDIES: { readonly [limit: string]: string } = {
  min_accuracy: 'Add a judge such as rubric, or give an evaluator metric: accuracy; or remove the limit.',
  min_relevance:
    'Give the cases expected_concepts, or give an evaluator metric: relevance; or remove the limit.',
};

/**
 * Warnings of limits that cases of a dataset set and that nothing measures in a suite: one for each limit, at the
 * first case that sets it. A dataset without limits is not read.
 */
export async function warnOfUnmeasuredLimits(
  suite: SuiteConfig,
  dataset: Dataset,
  signal: AbortSignal,
): Promise<Problem[]> {
  if (!dataset.hasLimits) return [];

  const found = new Map<string, { first: LocatedCase; count: number }>();
  const matches = caseFilter(suite.filter);
  for await (const batch of dataset.batches({ signal }))
    for (const located of batch) {
      if (!matches(located.case)) continue;

      for (const limit of unmeasuredLimits(located.case, specsFor(suite, located))) {
        const known = found.get(limit) ?? { first: located, count: 0 };
        found.set(limit, { ...known, count: known.count + 1 });
      }
    }

  return [...found].map(([limit, { first, count }]) => ({
    severity: 'warning',
    code: 'unmeasured-limit',
    message: `no evaluator of the suite "${suite.name}" measures ${limit}, which ${count === 1 ? '1 case sets' : `${count} cases set`}`,
    location: first.location,
    remedy: REMEDIES[limit] ?? 'Check its name; or remove the limit.',
  }));
}

/** Those of all suites of a workspace. Datasets that cannot be used are left out: they say so themselves. */
export async function unmeasuredLimitsOf(
  { root, config }: Pick<Workspace, 'root' | 'config'>,
  signal: AbortSignal,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const suite of config.suites) {
    for (const reference of suite.datasets) {
      const dataset = suite.cases
        ? memoryDataset(reference.path, suite.cases)
        : await usable(openDataset(reference.absolute, { root, signal }));
      if (dataset) problems.push(...(await warnOfUnmeasuredLimits(suite, dataset, signal)));
    }
  }
  return problems;
}

async function usable(opening: Promise<Dataset>): Promise<Dataset | undefined> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function specsFor(suite: SuiteConfig, { case: entry, location }: LocatedCase): EvaluatorSpec[] {
  const shared = suite.evaluators.filter(({ type }) => !suite.defaultEvaluators || caseCallsFor(type, entry));
  const own = (entry.assert ?? []).flatMap((assertion) => {
    try {
      return [parseAssertion(assertion, location)];
    } catch (error) {
      // What is wrong with it is said elsewhere.
      if (error instanceof UserError) return [];
      throw error;
    }
  });
  return [...shared, ...own];
}
