import { ConfigError } from '../engine/errors.ts';
import { caseFilter } from '../engine/runs/caseFilter.ts';
import type { EngineCalls } from '../protocol/calls.ts';
import type { SuiteCase } from '../protocol/workspaceCalls.ts';
import type { DatasetCache } from './datasetCache.ts';
import type { ListedWorkspace } from './listedWorkspace.ts';
import type { Session } from './session.ts';
import { suiteCase } from './suiteCase.ts';

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
  const matches = caseFilter(suite.filter);
  const cases: SuiteCase[] = suite.cases
    ? suite.cases.filter((located) => matches(located.case)).map(suiteCase)
    : (await cache.cases(reference.absolute, { root: session.root, signal })).cases
        .filter(matches)
        .map(({ labels: _, ...summary }) => summary);
  const { offset, limit } = wanted;
  return { total: cases.length, cases: cases.slice(offset, offset + limit) };
}

function noSuchSuite({ suite, dataset }: Wanted): ConfigError {
  return new ConfigError(`there is no suite ${suite} over ${dataset}`, {
    remedy: 'The configuration has changed: look at the list of suites again.',
  });
}
