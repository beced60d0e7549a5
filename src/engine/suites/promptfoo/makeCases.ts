import { UserError } from '../../errors.ts';
import type { GoldenCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { renderNunjucks } from '../../prompts/nunjucks.ts';
import { keptFor } from './keptFor.ts';
import type { ModelProviders } from './modelProviders.ts';
import type { PromptfooCaseOptions } from './plan.ts';
import { type PromptfooReader, warn } from './promptfooReader.ts';
import { transformCode } from './readProviders.ts';
import { readScoring } from './readScoring.ts';
import type { RawTest } from './readTests.ts';
import { renderAssertion } from './renderAssertions.ts';
import { combinations, resolveVariables, UnsupportedVariable } from './variables.ts';

/** A test that is made into cases, with what `defaultTest` says merged in. */
export interface MergedTest extends RawTest {
  /** From 0, in the order of the file. */
  index: number;
  /** Why its cases cannot be run as promptfoo would. */
  unsupported?: string;
  /** Its variables are not final: templates stay as they are, and the cases are not run. */
  draft?: true;
}

/** A case for each combination of the test's variables. */
export function casesOf(reader: PromptfooReader, merged: MergedTest, models: ModelProviders): GoldenCase[] {
  const { test, index, location } = merged;
  const id = caseId(index);
  const vars = objectOf(test['vars']);
  try {
    const found =
      objectOf(test['options'])['disableVarExpansion'] === true ? [vars] : combinations(reader, vars);
    return found.map((combination, count) => {
      const name = found.length === 1 ? id : `${id}.${count + 1}`;
      return makeCase(reader, { ...merged, test: { ...test, vars: combination } }, name, models);
    });
  } catch (error) {
    return [makeBroken(reader, id, test, vars, error, location)];
  }
}

/** The one case of a test that cannot be made into cases; a bug is thrown on. */
export function brokenCase(
  reader: PromptfooReader,
  { test, index, location }: MergedTest,
  error: unknown,
): GoldenCase {
  return makeBroken(reader, caseId(index), test, objectOf(test['vars']), error, location);
}

function makeCase(
  reader: PromptfooReader,
  { test, location, unsupported, draft }: MergedTest,
  id: string,
  models: ModelProviders,
): GoldenCase {
  const given = objectOf(test['vars']);
  try {
    const vars = resolveVariables(reader, given, location);
    const options = objectOf(test['options']);
    const known = { env: { ...reader.env }, ...vars };
    const fill = draft ? (text: string) => text : (text: string) => renderNunjucks(text, known);
    const scope = { reader, models, fill, options, location };
    const assertions = listOf(test['assert'])
      .filter(isJsonObject)
      .map((item, at) => renderAssertion(item, { ...scope, at: [at] }));
    const keep = keptFor(assertions);
    const own = caseOptions(reader, test, location, unsupported);
    const made = assemble(id, test, vars, assertions, keep.length === 0 ? own : { ...own, keep });
    const scoring = test['assertScoringFunction'];
    if (scoring !== undefined) made.assertScoringFunction = readScoring(reader, scoring, location);
    return made;
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

function caseId(index: number): string {
  return `test-${index + 1}`;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
