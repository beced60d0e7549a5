import type { WorkspaceScript } from '../../evaluators/scripts/workspaceScript.ts';
import type { GoldenCase, LocatedCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { CallScript } from '../../suites/config/suiteConfig.ts';
import type { PromptfooReader } from '../config/promptfooReader.ts';
import type { ModelProviders } from '../providers/modelProviders.ts';
import { brokenCase, casesOf } from './makeCases.ts';
import type { MergedTest } from './mergedTest.ts';
import { readTransformVars, transformVariables, UNTRUSTED } from './transformVars.ts';

/** Scripts under way at the same time; they wait for each other in the runner's few processes. */
const AT_ONCE = 16;

/** The cases of some tests, and what finishes them once their scripts may run. */
interface SettledCases {
  cases: LocatedCase[];
  settle?(call: CallScript, signal: AbortSignal): Promise<LocatedCase[]>;
}

interface Made {
  merged: MergedTest;
  cases: GoldenCase[];
  /** Makes the variables; the cases are drafts until it has run. */
  script?: WorkspaceScript;
}

/**
 * The cases of tests that have the same targets. Those whose variables a script makes (`transformVars`) are drafts,
 * which report that they need trust, until `settle` makes them anew from what the script returned.
 */
export function settledCases(
  reader: PromptfooReader,
  tests: readonly MergedTest[],
  models: ModelProviders,
): SettledCases {
  const made = tests.map((merged) => makeOrDraft(reader, merged, models));
  const cases = located(made);
  if (made.every(({ script }) => script === undefined)) return { cases };

  return {
    cases,

    async settle(call, signal) {
      const settled: Made[] = [];
      for (let from = 0; from < made.length; from += AT_ONCE) {
        const part = made.slice(from, from + AT_ONCE);
        settled.push(
          ...(await Promise.all(part.map((draft) => settleOne(reader, draft, models, call, signal)))),
        );
      }

      return located(settled);
    },
  };
}

function makeOrDraft(reader: PromptfooReader, merged: MergedTest, models: ModelProviders): Made {
  const { test, location, unsupported } = merged;
  try {
    const own = unsupported === undefined ? objectOf(test['options'])['transformVars'] : undefined;
    const script = readTransformVars(reader, own, location);
    if (!script) return { merged, cases: casesOf(reader, merged, models) };
    const draft = { ...merged, draft: true as const, unsupported: UNTRUSTED };
    return { merged, cases: casesOf(reader, draft, models), script };
  } catch (error) {
    return { merged, cases: [brokenCase(reader, merged, error)] };
  }
}

async function settleOne(
  reader: PromptfooReader,
  made: Made,
  models: ModelProviders,
  call: CallScript,
  signal: AbortSignal,
): Promise<Made> {
  const { merged, script } = made;
  if (!script) return made;
  try {
    const vars = await transformVariables(script, objectOf(merged.test['vars']), merged.index, call, signal);
    return { merged, cases: casesOf(reader, { ...merged, test: { ...merged.test, vars } }, models) };
  } catch (error) {
    signal.throwIfAborted();
    return { merged, cases: [brokenCase(reader, merged, error)] };
  }
}

function located(made: readonly Made[]): LocatedCase[] {
  const found: LocatedCase[] = [];
  for (const { merged, cases } of made)
    for (const entry of cases) found.push({ case: entry, index: found.length, location: merged.location });
  return found;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
