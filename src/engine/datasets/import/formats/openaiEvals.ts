import { parseJson } from '../../../files/formats/parseJson.ts';
import { defined } from '../../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { CaseDraft, ImportFormat } from '../importFormat.ts';
import type { ImportTally } from '../importTally.ts';
import { answerPart, inputPart } from '../records/caseParts.ts';
import { splitOwnFields } from '../records/ownFields.ts';
import { SourceRecord } from '../records/sourceRecord.ts';

/** Names of the right answer; `ideal` in the open-source evals, the others in examples of the hosted ones. */
const ANSWERS = ['ideal', 'correct_label', 'ground_truth', 'reference', 'expected'] as const;

/** Samples of OpenAI's evals: `{ input, ideal }`, or under `item` in its hosted evals. */
export const openaiEvals: ImportFormat = {
  name: 'openai-evals',
  aliases: ['openai'],
  title: 'OpenAI evals',
  fields: 'input, ideal',
  kinds: ['jsonl', 'json'],

  looksLike(record) {
    if (isJsonObject(record['item'])) return 'yes';
    if (!('input' in record)) return 'no';
    return 'ideal' in record ? 'yes' : 'maybe';
  },

  convert(record, { tally }) {
    const item = record.takeMap('item');
    if (item) return [hostedItem(new SourceRecord(item, record.location), tally)];
    const { metadata, own } = splitOwnFields(record.takeMap('metadata'));
    return [
      {
        ...inputPart(readInput(record, own), record, 'input'),
        ...answerPart(record.take('ideal'), 'ideal', tally),
        ...defined({ metadata }),
        ...(isJsonObject(own?.['case']) ? { own: own['case'] } : {}),
      },
    ];
  },
};

/** Our export writes variables as a JSON string, and records that it did. */
function readInput(record: SourceRecord, own: JsonObject | undefined): JsonValue | undefined {
  const input = record.take('input');
  if (own?.['form'] !== 'variables' || typeof input !== 'string') return input;
  const { value } = parseJson(input, record.location.path, { line: record.location.line });
  return value;
}

/** Without an `input`, the other fields of the item are the variables of the prompt. */
function hostedItem(item: SourceRecord, tally: ImportTally): CaseDraft {
  const { expected_output, kept } = answerPart(item.take(...ANSWERS), 'ideal', tally);
  const input = item.take('input');
  const rest = item.rest();
  const variables = Object.keys(rest).length > 0 ? rest : undefined;
  return {
    ...inputPart(input ?? variables, item, 'input'),
    ...defined({ expected_output }),
    kept: { ...kept, ...(input === undefined ? {} : rest) },
  };
}
