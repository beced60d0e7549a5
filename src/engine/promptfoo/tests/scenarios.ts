import { FileError } from '../../errors.ts';
import type { Pointer } from '../../files/formats/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { attempt, placeOf, reportAt } from '../../suites/config/configReader.ts';
import { checkScenario } from '../config/checkShape.ts';
import {
  expandReference,
  type PromptfooReader,
  parseReferenced,
  readReference,
} from '../config/promptfooReader.ts';
import { type RawTest, readTests } from './readTests.ts';

/**
 * Every test of a scenario with every entry of its `config`: variables, assertions and options together. Where prompts
 * read the conversation (`talks`), the tests of one entry are one conversation, as in promptfoo.
 */
export function scenarioTests(
  reader: PromptfooReader,
  value: JsonValue | undefined,
  talks: boolean,
): RawTest[] {
  let conversation = 0;
  return scenariosOf(reader, value).flatMap(({ scenario, at }) => {
    checkScenario(reader, scenario, placeOf(reader, at));

    const configs = readTests(reader, scenario['config'], [...at, 'config']);
    const tests =
      scenario['tests'] === undefined
        ? [{ test: {}, location: placeOf(reader, at) }]
        : readTests(reader, scenario['tests'], [...at, 'tests']);

    return configs.flatMap((config) => {
      const conversationId = `__scenario_${conversation++}__`;
      return tests.map(({ test, location }) => {
        const merged = merge(config.test, test);
        if (talks) merged['metadata'] = { conversationId, ...objectOf(merged['metadata']) };
        return { test: merged, location };
      });
    });
  });
}

interface Scenario {
  scenario: JsonObject;
  /** Where it, or the name of its file, stands. */
  at: Pointer;
}

/** Scenarios as they are written, or from the YAML and JSON files that are named in their place. */
function scenariosOf(reader: PromptfooReader, value: JsonValue | undefined): Scenario[] {
  if (value === undefined || value === null) return [];
  const isList = Array.isArray(value);
  return [value].flat().flatMap((item, index) => {
    const at: Pointer = isList ? ['scenarios', index] : ['scenarios'];
    const found = typeof item === 'string' ? fromFiles(reader, item, at) : [item];
    return found.flatMap((scenario) => {
      if (isJsonObject(scenario) && scenario['config'] !== undefined) return [{ scenario, at }];
      reportAt(reader, at, {
        code: 'wrong-type',
        message: 'a scenario must be a map with a "config"',
        remedy: 'For example: { config: [ { vars: … } ], tests: [ … ] }',
      });
      return [];
    });
  });
}

function fromFiles(reader: PromptfooReader, reference: string, at: Pointer): JsonValue[] {
  const where = placeOf(reader, at);
  const read = attempt(reader, at, 'missing-file', () => {
    const files = expandReference(reader, reference);
    if (files.length === 0) throw new FileError(`no file matches ${reference}`, { where });
    return files.flatMap((file) => parseReferenced(readReference(reader, file, where)).value);
  });
  return read ?? [];
}

function merge(config: JsonObject, test: JsonObject): JsonObject {
  const both = (key: string): JsonObject => ({ ...objectOf(config[key]), ...objectOf(test[key]) });
  const assertions = [config['assert'], test['assert']].flatMap((list) => (Array.isArray(list) ? list : []));
  return {
    ...config,
    ...test,
    vars: both('vars'),
    options: both('options'),
    metadata: both('metadata'),
    assert: assertions,
  };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
