import { defined } from '../../../model/defined.ts';
import { isJsonObject, type JsonValue } from '../../../model/json.ts';
import type { CaseDraft, ImportFormat } from '../importFormat.ts';
import type { ImportTally } from '../importTally.ts';
import { answerPart, inputPart } from '../records/caseParts.ts';
import { asMessage, asMessages } from '../records/foreignMessage.ts';

/** Examples of LangSmith: `{ id, inputs, outputs, metadata, … }`. */
export const langsmith: ImportFormat = {
  name: 'langsmith',
  title: 'LangSmith examples',
  fields: 'inputs, outputs, metadata',
  kinds: ['jsonl', 'json', 'csv'],

  records(document) {
    if (Array.isArray(document)) return [];
    return isJsonObject(document) && Array.isArray(document['examples']) ? ['examples'] : undefined;
  },

  looksLike(record) {
    if (!('inputs' in record)) return 'no';
    return 'outputs' in record || 'dataset_id' in record ? 'yes' : 'maybe';
  },

  convert(record, { tally }) {
    const id = record.takeText('id');
    const name = record.takeText('name');
    const metadata = record.takeMap('metadata');
    return [
      {
        ...defined({ id, description: name }),
        ...inputPart(record.take('inputs'), record, 'inputs'),
        ...outputs(record.take('outputs'), tally),
        ...defined({ metadata }),
      },
    ];
  },
};

/**
 * An output with one text or message is the reference answer; the map itself is kept, since its key has a meaning there.
 * `generations` are what LangChain traces of a model's reply.
 */
function outputs(
  value: JsonValue | undefined,
  tally: ImportTally,
): Pick<CaseDraft, 'expected_output' | 'kept'> {
  if (!isJsonObject(value) || asMessage(value)) return answerPart(value, 'outputs', tally);
  const [only, ...others] = Object.values(value);
  if (only === undefined) return {};

  const said = firstGeneration(value['generations']) ?? (others.length === 0 ? only : undefined);
  const isSaid = typeof said !== 'object' || asMessage(said) !== undefined || asMessages(said) !== undefined;
  if (said === undefined || !isSaid)
    return { ...answerPart(value, 'outputs', tally), kept: { outputs: value } };
  return { ...answerPart(said, 'outputs', tally), kept: { outputs: value } };
}

function firstGeneration(value: JsonValue | undefined): JsonValue | undefined {
  let first: JsonValue | undefined = value;
  while (Array.isArray(first)) first = first[0];
  if (!isJsonObject(first)) return undefined;
  return asMessage(first['message']) ? first['message'] : first['text'];
}
