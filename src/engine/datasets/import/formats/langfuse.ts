import { isJsonObject } from '../../../model/json.ts';
import { answerPart, inputPart } from '../caseParts.ts';
import type { ImportFormat } from '../importFormat.ts';

const TELLING = ['expectedOutput', 'sourceTraceId', 'datasetId', 'datasetName'];

/** Dataset items of Langfuse: `{ id, input, expectedOutput, metadata, status }`, also as its API answers. */
export const langfuse: ImportFormat = {
  name: 'langfuse',
  title: 'Langfuse dataset items',
  fields: 'input, expectedOutput, metadata',
  kinds: ['jsonl', 'json', 'csv'],

  records(document) {
    if (Array.isArray(document)) return [];
    const list = isJsonObject(document)
      ? ['items', 'data'].find((key) => Array.isArray(document[key]))
      : null;
    return list ? [list] : undefined;
  },

  looksLike(record) {
    if (!('input' in record)) return 'no';
    return TELLING.some((name) => name in record) ? 'yes' : 'maybe';
  },

  convert(record, { tally }) {
    if (record.take('status') === 'ARCHIVED') {
      tally.drop('archived items, which Langfuse does not run');
      return [];
    }
    const id = record.takeText('id');
    const metadata = record.takeMap('metadata');
    return [
      {
        ...(id === undefined ? {} : { id }),
        ...inputPart(record.take('input'), record, 'input'),
        ...answerPart(record.take('expectedOutput', 'expected_output'), 'expectedOutput', tally),
        ...(metadata ? { metadata } : {}),
      },
    ];
  },
};
