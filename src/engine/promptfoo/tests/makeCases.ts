import { PromptError, UserError } from '../../errors.ts';
import type { Pointer } from '../../files/formats/document.ts';
import type { GoldenCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { NunjucksError, renderNunjucks } from '../../prompts/nunjucks/renderNunjucks.ts';
import type { CaseOptions } from '../../targets/caseOptions.ts';
import { withoutUnknownKeys } from '../assertions/droppedKeys.ts';
import { keptFor } from '../assertions/keptFor.ts';
import { readScoring } from '../assertions/readScoring.ts';
import { renderAssertion } from '../assertions/renderAssertions.ts';
import { type PromptfooReader, warn } from '../config/promptfooReader.ts';
import type { ModelProviders } from '../providers/modelProviders.ts';
import { transformCode } from '../providers/readProviders.ts';
import type { MergedTest } from './mergedTest.ts';
import { isSerial, storedName } from './orderTests.ts';
import { combinations, resolveVariables, UnsupportedVariable } from './variables.ts';

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
  merged: MergedTest,
  id: string,
  models: ModelProviders,
): GoldenCase {
  const { test, location, late } = merged;
  const given = objectOf(test['vars']);
  try {
    const vars = resolveVariables(reader, given, location, late);
    const options = objectOf(test['options']);
    const templates: Pointer[] = [];
    const fill = late || merged.draft ? keepTemplates(templates) : fillTemplates(reader, vars);
    const scope = { reader, models, fill, options, location };
    const assertions = listOf(test['assert'])
      .filter(isJsonObject)
      .map((item, at) => renderAssertion(item, { ...scope, at: [at] }))
      .map((item) => withoutUnknownKeys(reader, item, location));

    const keep = keptFor(assertions);
    const own = {
      ...caseOptions(reader, merged),
      ...(keep.length === 0 ? {} : { keep }),
      ...(templates.length === 0 ? {} : { templates }),
    };
    const made = assemble(id, test, vars, assertions, own);
    const scoring = test['assertScoringFunction'];
    if (scoring !== undefined) made.assertScoringFunction = readScoring(reader, scoring, location);

    return made;
  } catch (error) {
    return makeBroken(reader, id, test, given, error, location);
  }
}

function fillTemplates(reader: PromptfooReader, vars: JsonObject): (text: string, at: Pointer) => string {
  const known = { env: { ...reader.env }, ...vars };
  return (text, at) => {
    try {
      return renderNunjucks(text, known);
    } catch (error) {
      if (!(error instanceof NunjucksError)) throw error;
      const { message, remedy = '' } = error;
      throw new PromptError(`${partOf(at)}: ${message}`, { remedy, cause: error });
    }
  };
}

/** `the value of assertion 2`, `the value of assertion 1 of assertion 3` within a set. */
function partOf(at: Pointer): string {
  const numbers = at.filter((key) => typeof key === 'number').slice(0, 2);
  const key = at.findLast((part) => typeof part === 'string' && part !== 'assert') ?? 'value';
  const places = numbers.reverse().map((number) => `assertion ${Number(number) + 1}`);
  return `the ${key} of ${places.join(' of ')}`;
}

/** Leaves texts as they are, and notes where the templates among them stand. */
function keepTemplates(found: Pointer[]): (text: string, at: Pointer) => string {
  return (text, at) => {
    if (/\{[{%#]/.test(text)) found.push(at);
    return text;
  };
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
  options: CaseOptions,
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
    ...clusterOf(metadata),
    ...(Object.keys(options).length === 0 ? {} : { promptfoo: options }),
  };
}

/** Turns of one conversation depend on each other: error bars must not take them for cases of their own. */
function clusterOf({ conversationId: id }: JsonObject): { cluster?: string } {
  return typeof id === 'string' || typeof id === 'number' ? { cluster: `conversation ${id}` } : {};
}

function caseOptions(reader: PromptfooReader, merged: MergedTest): CaseOptions {
  const { test, location, late, unsupported } = merged;
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
    ...(late ? lateOptions(merged) : {}),
    ...(isSerial(merged) ? { runSerially: true } : {}),
    ...defined({ unsupported }),
  };
}

function lateOptions(merged: MergedTest): CaseOptions {
  const name = storedName(merged);
  const { disableConversationVar } = objectOf(merged.test['options']);
  return {
    ...defined({ storeOutputAs: name }),
    ...(disableConversationVar === true ? { disableConversationVar } : {}),
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
