import type { GoldenCase } from '../../../model/case.ts';
import { defined } from '../../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { ImportTally } from '../../import/importTally.ts';
import { withOwnFields } from '../../import/records/ownFields.ts';
import { caseJson, inputForm, restoreLeftover, without } from '../caseJson.ts';
import type { ExportFormat } from '../exportFormat.ts';

/** OpenAI evals JSONL: `input` is a text or a chat, `ideal` the reference answer or the accepted ones. */
export const openaiEvalsExport: ExportFormat = {
  name: 'openai-evals',
  aliases: ['openai'],
  title: 'OpenAI evals',
  form: 'jsonl',

  convert(testCase, tally) {
    const form = inputForm(testCase);
    const json = caseJson(testCase);
    const { restored, metadata } = restoreLeftover(testCase.metadata, 'openai-evals', ['input', 'metadata']);
    const { ideal: accepted, ...back } = restored;
    const ideal = idealOf(testCase, accepted);

    const own = without(json, [
      'messages',
      'metadata',
      'expected_output',
      ...(testCase.messages ? [] : ['input']),
    ]);

    const expected = without(isJsonObject(json['expected_output']) ? json['expected_output'] : {}, [
      'answer',
    ]);
    const hasExpected = Object.keys(expected).length > 0 || isEmptyMap(json['expected_output']);

    tallyFields({ ...own, expected_output: expected }, form, ideal, tally);
    const fields = { form, case: { ...own, ...(hasExpected ? { expected_output: expected } : {}) } };

    const stays =
      ideal === undefined && accepted !== undefined
        ? { ...metadata, 'openai-evals': { ideal: accepted } }
        : metadata;

    const all = withOwnFields(stays, fields);
    return {
      ...back,
      input: inputOf(testCase, form),
      ...defined({ ideal, metadata: all }),
    };
  },
};

/** The list of accepted answers that an import kept, as long as its first is still the reference answer. */
function idealOf({ expected_output }: GoldenCase, accepted: JsonValue | undefined): JsonValue | undefined {
  const answer = expected_output?.answer;
  if (answer === undefined) return undefined;
  return Array.isArray(accepted) && String(accepted[0]) === answer ? accepted : answer;
}

function inputOf(testCase: GoldenCase, form: ReturnType<typeof inputForm>): JsonValue {
  if (form === 'messages') return (testCase.messages ?? []) as unknown as JsonValue;
  const input = testCase.input ?? '';
  return typeof input === 'string' ? input : JSON.stringify(input);
}

function isEmptyMap(value: JsonValue | undefined): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function tallyFields(
  fields: JsonObject,
  form: ReturnType<typeof inputForm>,
  ideal: JsonValue | undefined,
  tally: ImportTally,
): void {
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'expected_output' && isJsonObject(value)) {
      for (const part of Object.keys(value)) tally.keep(`expected_output.${part}`);
    } else if (name !== 'id') tally.keep(name);
  }
  if (form === 'variables') tally.note('variables are written as a JSON string');
  if (ideal === undefined)
    tally.note('without a reference answer there is no ideal, so OpenAI evals cannot score the case');
}
