import type { LocatedCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { CallScript } from '../../suites/config/suiteConfig.ts';
import type { PromptfooReader } from '../config/promptfooReader.ts';
import type { PromptfooPrompt } from '../prompts/promptfooPrompt.ts';
import type { ModelProviders } from '../providers/modelProviders.ts';
import type { MergedTest } from './mergedTest.ts';
import { isSerial, orderTests, refuseForeignOutputs, storedName } from './orderTests.ts';
import type { RawTest } from './readTests.ts';
import { settledCases } from './settledCases.ts';

/** Cases that are run with the same targets, as often as each other. */
export interface CaseGroup {
  /** Labels or ids of prompts and providers; all where absent. */
  prompts?: string[];
  providers?: string[];
  /** A provider of the test's own, in place of those of the file. */
  provider?: JsonValue;
  repeat?: number;
  cases: LocatedCase[];
  /** Names of variables that cases make for later ones; absent where none does. */
  stored?: string[];
  /** Some of the cases have a place in an order. */
  ordered?: true;
  /** Finishes the cases, where the variables of some are made by a script. */
  settle?(call: CallScript, signal: AbortSignal): Promise<LocatedCase[]>;
}

/** The cases of all tests, one for each combination of their variables, in groups by their targets. */
export function expandTests(
  reader: PromptfooReader,
  tests: readonly RawTest[],
  defaultTest: JsonObject,
  models: ModelProviders,
  prompts: readonly PromptfooPrompt[],
): CaseGroup[] {
  const groups = new Map<string, { choice: Omit<CaseGroup, 'cases'>; tests: MergedTest[] }>();
  for (const [index, raw] of tests.entries()) {
    const test = merge(raw.test, defaultTest);
    const choice = groupOf(test);
    const key = JSON.stringify(choice);
    const found = groups.get(key) ?? { choice, tests: [] };
    groups.set(key, found);
    const { __unsupported: unsupported } = test;
    const merged = { test, location: raw.location, index };
    found.tests.push(typeof unsupported === 'string' ? { ...merged, unsupported } : merged);
  }

  refuseForeignOutputs(reader, [...groups.values()], prompts);

  return [...groups.values()].map(({ choice, tests: own }) => {
    const ordered = orderTests(own, prompts);
    const isOrdered = ordered.some((test) => test.late || isSerial(test));
    return {
      ...choice,
      ...(isOrdered ? { ordered: true as const, stored: own.flatMap((test) => storedName(test) ?? []) } : {}),
      ...settledCases(reader, ordered, models),
    };
  });
}

/** What `defaultTest` says, and over it the test: assertions one after the other, everything else by key. */
function merge(test: JsonObject, fallback: JsonObject): JsonObject {
  const options = { ...objectOf(fallback['options']), ...objectOf(test['options']) };
  const inherited = options['disableDefaultAsserts'] === true ? [] : listOf(fallback['assert']);
  const merged: JsonObject = {
    ...test,
    vars: { ...objectOf(fallback['vars']), ...objectOf(test['vars']) },
    assert: [...inherited, ...listOf(test['assert'])],
    options,
    metadata: { ...objectOf(fallback['metadata']), ...objectOf(test['metadata']) },
  };
  for (const key of ['threshold', 'prompts', 'providers', 'provider', 'assertScoringFunction']) {
    const value = test[key] ?? fallback[key];
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function groupOf(test: JsonObject): Omit<CaseGroup, 'cases'> {
  const { prompts, providers, provider } = test;
  const { repeat } = objectOf(test['options']);
  return {
    ...(Array.isArray(prompts) ? { prompts: prompts.map(String) } : {}),
    ...(Array.isArray(providers) ? { providers: providers.map(String) } : {}),
    ...defined({ provider }),
    ...(typeof repeat === 'number' && Number.isSafeInteger(repeat) && repeat > 0 ? { repeat } : {}),
  };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
