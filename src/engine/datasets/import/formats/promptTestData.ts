import { defined, nonEmpty } from '../../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { ImportContext, ImportFormat } from '../importFormat.ts';
import { answerPart } from '../records/caseParts.ts';
import { fillTexts } from '../records/fillText.ts';

/** GitHub Models' string checks as assertions. */
const CHECKS: { [check: string]: string } = {
  equals: 'equals',
  contains: 'contains',
  startsWith: 'starts-with',
  endsWith: 'ends-with',
};

/**
 * The `testData` of a `.prompt.yml`: each row has the variables of the prompt and `expected`. The file's string checks
 * become assertions of every case, with the values of the row filled in.
 */
export const promptTestData: ImportFormat = {
  name: 'prompt-yml',
  aliases: ['github-models'],
  title: 'testData of a .prompt.yml',
  fields: 'messages, testData, evaluators',
  kinds: ['yaml'],

  records(document) {
    const isPrompt = isJsonObject(document) && Array.isArray(document['messages']);
    return isPrompt && Array.isArray(document['testData']) ? ['testData'] : undefined;
  },

  looksLike: () => 'yes',

  convert(record, context) {
    const row = record.rest();
    const expected = record.take('expected');
    const input = record.rest();
    for (const name of Object.keys(input)) record.take(name);

    const assert = checks(row, context);
    return [
      {
        input,
        ...answerPart(expected, 'expected', context.tally),
        ...defined({ assert: nonEmpty(assert) }),
      },
    ];
  },
};

function checks(row: JsonObject, { document, tally }: ImportContext): JsonObject[] {
  const list: JsonValue = isJsonObject(document) ? (document['evaluators'] ?? null) : null;
  return (Array.isArray(list) ? list : []).flatMap((evaluator) => {
    if (!isJsonObject(evaluator)) return [];
    const { name, string } = evaluator;
    const label = typeof name === 'string' ? name : 'without a name';

    if (!isJsonObject(string)) {
      tally.drop(`evaluator ${label}: left in the prompt file`);
      return [];
    }

    return Object.entries(string).flatMap(([check, text]) => {
      const type = CHECKS[check];
      if (type === undefined || typeof text !== 'string') {
        tally.drop(`evaluator ${label}: unknown check ${check}`);
        return [];
      }
      const { value } = fillTexts(text, row);
      return [{ type, value, ...(typeof name === 'string' ? { metric: name } : {}) }];
    });
  });
}
