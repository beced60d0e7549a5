import type { Pointer } from '../../files/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { placeOf } from '../configReader.ts';
import type { PromptfooReader } from './promptfooReader.ts';
import { type RawTest, readTests } from './readTests.ts';

/** Every test of a scenario with every entry of its `config`: variables, assertions and options together. */
export function scenarioTests(reader: PromptfooReader, value: JsonValue | undefined): RawTest[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((scenario, index) => {
    const at: Pointer = ['scenarios', index];
    if (!isJsonObject(scenario)) return [];
    const configs = readTests(reader, scenario['config'], [...at, 'config']);
    const tests =
      scenario['tests'] === undefined
        ? [{ test: {}, location: placeOf(reader, at) }]
        : readTests(reader, scenario['tests'], [...at, 'tests']);
    return configs.flatMap((config) =>
      tests.map(({ test, location }) => ({ test: merge(config.test, test), location })),
    );
  });
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
