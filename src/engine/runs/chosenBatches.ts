import type { LocatedCase } from '../model/case.ts';
import type { RunFilter } from '../model/run.ts';
import { caseFilter } from './caseFilter.ts';
import type { CaseSource } from './execution/runInputs.ts';

interface ChosenCases {
  source: CaseSource;
  plan: { filter: RunFilter };
}

/** The cases that take part in a run, in the order of its source, a batch at a time. */
export async function* chosenBatches(
  { source, plan }: ChosenCases,
  signal: AbortSignal,
): AsyncGenerator<readonly LocatedCase[]> {
  const matches = caseFilter(plan.filter);
  for await (const batch of source.batches({ signal }))
    yield batch.filter((located) => matches(located.case));
}
