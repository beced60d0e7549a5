import type { LocatedCase } from '../engine/model/case.ts';
import type { SuiteCase } from '../protocol/workspaceCalls.ts';

/** What the lists of cases show of one: where it stands, not what it asks. */
export function suiteCase({ case: entry, index, location: { path, line, column } }: LocatedCase): SuiteCase {
  return {
    id: entry.id,
    index,
    location: { path, line, column },
    ...(entry.description === undefined ? {} : { description: entry.description }),
    tags: entry.tags ?? [],
  };
}
