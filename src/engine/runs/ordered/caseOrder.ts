import type { JsonObject } from '../../model/json.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { caseOptions } from '../../targets/caseOptions.ts';

/** Which cases of a run go one after the other, because they read what earlier ones gave. */
export interface CaseOrder {
  /** Values for `{{env.NAME}}` in assertions. */
  env: JsonObject;
  /** The cases that store their output under a name, in order. */
  stores: ReadonlyMap<string, readonly { index: number; caseId: string }[]>;
}

/** The order of a suite whose cases depend on each other; undefined for every other one. */
export function caseOrder({ ordered, cases = [] }: SuiteConfig): CaseOrder | undefined {
  if (!ordered) return undefined;
  const stores = new Map<string, { index: number; caseId: string }[]>();
  for (const { case: entry, index } of cases) {
    const { storeOutputAs: name } = caseOptions(entry);
    if (name === undefined) continue;
    const known = stores.get(name) ?? [];
    stores.set(name, known);
    known.push({ index, caseId: entry.id });
  }
  return { env: ordered.env, stores };
}
