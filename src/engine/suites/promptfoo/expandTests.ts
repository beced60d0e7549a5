import type { LocatedCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { MergedTest } from './makeCases.ts';
import type { ModelProviders } from './modelProviders.ts';
import { type PromptfooReader, warn } from './promptfooReader.ts';
import type { RawTest } from './readTests.ts';
import { settledCases } from './settledCases.ts';
import type { CallScript } from './transformVars.ts';

/** Cases that are run with the same targets, as often as each other. */
export interface CaseGroup {
  /** Labels or ids of prompts and providers; all where absent. */
  prompts?: string[];
  providers?: string[];
  /** A provider of the test's own, in place of those of the file. */
  provider?: JsonValue;
  repeat?: number;
  cases: LocatedCase[];
  /** Finishes the cases, where the variables of some are made by a script. */
  settle?(call: CallScript, signal: AbortSignal): Promise<LocatedCase[]>;
}

/** Keys of `options` that change what a test means and have no counterpart here. */
const UNSUPPORTED_OPTIONS = ['storeOutputAs'];

/** The cases of all tests, one for each combination of their variables, in groups by their targets. */
export function expandTests(
  reader: PromptfooReader,
  tests: readonly RawTest[],
  defaultTest: JsonObject,
  models: ModelProviders,
): CaseGroup[] {
  const groups = new Map<string, { choice: Omit<CaseGroup, 'cases'>; tests: MergedTest[] }>();
  for (const [index, raw] of tests.entries()) {
    const test = merge(raw.test, defaultTest);
    const choice = groupOf(test);
    const key = JSON.stringify(choice);
    const found = groups.get(key) ?? { choice, tests: [] };
    groups.set(key, found);
    found.tests.push(withReason(reader, { test, location: raw.location, index }));
  }
  return [...groups.values()].map(({ choice, tests: own }) => ({
    ...choice,
    ...settledCases(reader, own, models),
  }));
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
    ...(provider === undefined ? {} : { provider }),
    ...(typeof repeat === 'number' && Number.isSafeInteger(repeat) && repeat > 0 ? { repeat } : {}),
  };
}

/** Why a test cannot be run as promptfoo would; said once, with its place. */
function withReason(reader: PromptfooReader, merged: MergedTest): MergedTest {
  const { test, location } = merged;
  if (typeof test['__unsupported'] === 'string') return { ...merged, unsupported: test['__unsupported'] };
  const options = objectOf(test['options']);
  const key = UNSUPPORTED_OPTIONS.find((name) => options[name] !== undefined);
  if (key === undefined) return merged;
  const unsupported = `"${key}" of a test is not supported`;
  warn(reader, location, {
    code: 'unsupported-test',
    message: unsupported,
    remedy: 'Its cases are reported as errors, never as passed.',
  });
  return { ...merged, unsupported };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
