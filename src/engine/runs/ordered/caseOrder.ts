import type { Pointer } from '../../files/formats/document.ts';
import type { GoldenCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { SuiteConfig } from '../../suites/suiteConfig.ts';

/** Which cases of a run go one after the other, because they read what earlier ones gave. */
export interface CaseOrder {
  /** Values for `{{env.NAME}}` in assertions. */
  env: JsonObject;
  /** The cases that store their output under a name, in order. */
  stores: ReadonlyMap<string, readonly { index: number; caseId: string }[]>;
}

/** What promptfoo's options say of a case's place among the others. */
export interface OrderedCase {
  storeOutputAs?: string;
  runSerially?: true;
  disableConversationVar?: true;
  /** Where the case's assertions hold templates that are filled in when its variables are known. */
  templates?: Pointer[];
}

/** The order of a suite whose cases depend on each other; undefined for every other one. */
export function caseOrder({ ordered, cases = [] }: SuiteConfig): CaseOrder | undefined {
  if (!ordered) return undefined;
  const stores = new Map<string, { index: number; caseId: string }[]>();
  for (const { case: entry, index } of cases) {
    const { storeOutputAs: name } = orderedCase(entry);
    if (name === undefined) continue;
    const known = stores.get(name) ?? [];
    stores.set(name, known);
    known.push({ index, caseId: entry.id });
  }
  return { env: ordered.env, stores };
}

export function orderedCase({ promptfoo }: GoldenCase): OrderedCase {
  return isJsonObject(promptfoo) ? (promptfoo as OrderedCase) : {};
}
