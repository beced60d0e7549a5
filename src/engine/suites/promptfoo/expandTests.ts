import { UserError } from '../../errors.ts';
import type { GoldenCase, LocatedCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { ModelProviders } from './modelProviders.ts';
import type { PromptfooCaseOptions } from './plan.ts';
import { type PromptfooReader, warn } from './promptfooReader.ts';
import { transformCode } from './readProviders.ts';
import type { RawTest } from './readTests.ts';
import { renderAssertion } from './renderAssertions.ts';
import { combinations, resolveVariables, UnsupportedVariable } from './variables.ts';

/** Cases that are run with the same targets, as often as each other. */
export interface CaseGroup {
  /** Labels or ids of prompts and providers; all where absent. */
  prompts?: string[];
  providers?: string[];
  /** A provider of the test's own, in place of those of the file. */
  provider?: JsonValue;
  repeat?: number;
  cases: LocatedCase[];
}

/** Keys of `options` that change what a test means and have no counterpart here. */
const UNSUPPORTED_OPTIONS = ['transformVars', 'storeOutputAs'];

/** The cases of all tests, one for each combination of their variables, in groups by their targets. */
export function expandTests(
  reader: PromptfooReader,
  tests: readonly RawTest[],
  defaultTest: JsonObject,
  models: ModelProviders,
): CaseGroup[] {
  const groups = new Map<string, CaseGroup>();
  for (const [index, raw] of tests.entries()) {
    const test = merge(raw.test, defaultTest);
    const group = groupOf(test);
    const key = JSON.stringify(group);
    const found: CaseGroup = groups.get(key) ?? { ...group, cases: [] };
    groups.set(key, found);
    for (const entry of casesOf(reader, { test, location: raw.location }, index, models)) {
      found.cases.push({ case: entry, index: found.cases.length, location: raw.location });
    }
  }
  return [...groups.values()];
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

function casesOf(reader: PromptfooReader, raw: RawTest, index: number, models: ModelProviders): GoldenCase[] {
  const { test, location } = raw;
  const id = `test-${index + 1}`;
  const vars = objectOf(test['vars']);
  const own = withReason(reader, raw);
  try {
    const found =
      objectOf(test['options'])['disableVarExpansion'] === true ? [vars] : combinations(reader, vars);
    return found.map((combination, count) => {
      const name = found.length === 1 ? id : `${id}.${count + 1}`;
      return makeCase(reader, { ...raw, test: { ...test, vars: combination } }, name, own, models);
    });
  } catch (error) {
    return [makeBroken(reader, id, test, vars, error, location)];
  }
}

function makeCase(
  reader: PromptfooReader,
  { test, location }: RawTest,
  id: string,
  unsupported: string | undefined,
  models: ModelProviders,
): GoldenCase {
  const given = objectOf(test['vars']);
  try {
    const vars = resolveVariables(reader, given, location);
    const options = objectOf(test['options']);
    const scope = { reader, models, vars, options, location };
    const assertions = listOf(test['assert']).flatMap((item) =>
      isJsonObject(item) ? [renderAssertion(item, scope)] : [],
    );
    return assemble(id, test, vars, assertions, caseOptions(reader, test, location, unsupported));
  } catch (error) {
    return makeBroken(reader, id, test, given, error, location);
  }
}

/** A case that cannot be made ready is there all the same, and reports why. */
function makeBroken(
  reader: PromptfooReader,
  id: string,
  test: JsonObject,
  vars: JsonObject,
  error: unknown,
  location: SourceLocation,
): GoldenCase {
  if (!(error instanceof UserError) && !(error instanceof UnsupportedVariable)) throw error;
  warn(reader, location, {
    code: 'unusable-test',
    message: error.message,
    remedy: (error instanceof UserError ? error.remedy : undefined) ?? 'Its cases are reported as errors.',
  });
  return assemble(id, test, vars, [], { unsupported: error.message });
}

function assemble(
  id: string,
  test: JsonObject,
  vars: JsonObject,
  assertions: JsonObject[],
  options: PromptfooCaseOptions,
): GoldenCase {
  const { description, threshold } = test;
  const metadata = objectOf(test['metadata']);
  return {
    id,
    ...(typeof description === 'string' && description !== '' ? { description } : {}),
    input: vars,
    assert: assertions,
    ...(typeof threshold === 'number' ? { threshold } : {}),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(Object.keys(options).length === 0 ? {} : { promptfoo: options }),
  };
}

function caseOptions(
  reader: PromptfooReader,
  test: JsonObject,
  location: SourceLocation,
  unsupported: string | undefined,
): PromptfooCaseOptions {
  const options = objectOf(test['options']);
  const transform = options['transform'] ?? options['postprocess'];
  const { providerOutput } = test;
  return {
    ...(typeof options['prefix'] === 'string' && options['prefix'] !== ''
      ? { prefix: options['prefix'] }
      : {}),
    ...(typeof options['suffix'] === 'string' && options['suffix'] !== ''
      ? { suffix: options['suffix'] }
      : {}),
    ...(typeof transform === 'string' ? { transform: transformCode(reader, transform, location) } : {}),
    ...(providerOutput === undefined || providerOutput === '' ? {} : { providerOutput }),
    ...(unsupported === undefined ? {} : { unsupported }),
  };
}

/** Why a test cannot be run as promptfoo would; said once, with its place. */
function withReason(reader: PromptfooReader, { test, location }: RawTest): string | undefined {
  if (typeof test['__unsupported'] === 'string') return test['__unsupported'];
  const options = objectOf(test['options']);
  const key =
    UNSUPPORTED_OPTIONS.find((name) => options[name] !== undefined) ??
    (test['assertScoringFunction'] === undefined ? undefined : 'assertScoringFunction');
  if (key === undefined) return undefined;
  const reason = `"${key}" of a test is not supported`;
  warn(reader, location, {
    code: 'unsupported-test',
    message: reason,
    remedy: 'Its cases are reported as errors, never as passed.',
  });
  return reason;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
