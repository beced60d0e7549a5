import type { Pointer } from '../../files/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { placeOf } from '../configReader.ts';
import type { PromptfooReader } from './promptfooReader.ts';
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
  if (!Array.isArray(value)) return [];
  let conversation = 0;
  return value.flatMap((scenario, index) => {
    const at: Pointer = ['scenarios', index];
    if (!isJsonObject(scenario)) return [];
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
