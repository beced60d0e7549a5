import type { Dataset } from '../engine/datasets/dataset.ts';
import { heldDataset } from '../engine/datasets/heldDataset.ts';
import { ConfigError } from '../engine/errors.ts';
import type { LocatedCase } from '../engine/model/case.ts';
import { caseFilter } from '../engine/runs/caseFilter.ts';
import type { EngineCalls } from '../protocol/calls.ts';
import type { SuiteCase } from '../protocol/workspaceCalls.ts';
import type { DatasetCache } from './datasetCache.ts';
import type { ListedWorkspace } from './listedWorkspace.ts';
import type { Session } from './session.ts';

type Wanted = EngineCalls['suite/cases']['params'];
type Page = EngineCalls['suite/cases']['result'];

/** A page of the cases that a suite runs over one of its datasets. Throws ConfigError and ProblemsError. */
export async function suiteCases(
  { session, listed, cache }: { session: Session; listed: ListedWorkspace; cache: DatasetCache },
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Page> {
  const suite = await listed.suite(wanted.suite, signal);
  const reference = suite?.datasets.find(({ path }) => path === wanted.dataset);
  if (!suite || !reference) throw noSuchSuite(wanted);
  const dataset = suite.cases
    ? heldDataset(reference.path, suite.cases)
    : await cache.open(reference.absolute, { root: session.root, signal });
  return page(dataset, caseFilter(suite.filter), wanted, signal);
}

async function page(
  dataset: Dataset,
  matches: ReturnType<typeof caseFilter>,
  { offset, limit }: Wanted,
  signal: AbortSignal,
): Promise<Page> {
  const cases: SuiteCase[] = [];
  let total = 0;
  for await (const batch of dataset.batches({ signal })) {
    for (const located of batch) {
      if (!matches(located.case)) continue;
      if (total >= offset && cases.length < limit) cases.push(suiteCase(located));
      total += 1;
    }
  }
  return { total, cases };
}

function suiteCase({ case: entry, index, location: { path, line, column } }: LocatedCase): SuiteCase {
  return {
    id: entry.id,
    index,
    location: { path, line, column },
    ...(entry.description === undefined ? {} : { description: entry.description }),
    tags: entry.tags ?? [],
  };
}

function noSuchSuite({ suite, dataset }: Wanted): ConfigError {
  return new ConfigError(`there is no suite ${suite} over ${dataset}`, {
    remedy: 'The configuration has changed: look at the list of suites again.',
  });
}
