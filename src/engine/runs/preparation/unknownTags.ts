import type { Dataset } from '../../datasets/dataset.ts';
import type { Problem } from '../../model/problem.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';

/**
 * Warnings of tags that a suite's gate or filter names and that no case of its datasets has: such a clause is
 * undecided, and such a filter may leave nothing to run. A suite that names no tag is not read.
 */
export async function warnOfUnknownTags(
  suite: SuiteConfig,
  datasets: readonly Dataset[],
  signal: AbortSignal,
): Promise<Problem[]> {
  const named = namedTags(suite);
  if (named.size === 0 || datasets.length === 0) return [];
  for (const dataset of datasets)
    for await (const batch of dataset.batches({ signal })) {
      for (const { case: entry } of batch) for (const tag of entry.tags ?? []) named.delete(tag);
      if (named.size === 0) return [];
    }

  return [...named].map(([tag, place]) => ({
    severity: 'warning',
    code: 'unknown-tag',
    message: `no case of the suite "${suite.name}" has the tag "${tag}", which its ${place} names`,
    location: suite.location,
    remedy: 'Check its spelling, or give the tag to a case.',
  }));
}

/** Tag → the key that names it. */
function namedTags({ filter, gate }: SuiteConfig): Map<string, string> {
  return new Map([
    ...(gate?.noRegression ?? []).map((tag) => [tag, 'gate.no_regression'] as const),
    ...Object.keys(gate?.minPassRate?.tags ?? {}).map((tag) => [tag, 'gate.min_pass_rate'] as const),
    ...filter.tags.map((tag) => [tag, 'filter'] as const),
  ]);
}
