import { defined } from '../../../model/defined.ts';
import { isJsonObject, type JsonValue } from '../../../model/json.ts';
import type { ImportFormat } from '../importFormat.ts';
import { answerPart, inputPart } from '../records/caseParts.ts';

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

  convert(record, { document, tally }) {
    const page = pageText(document);
    if (page !== undefined && !tally.notes.has(page)) tally.note(page);
    if (record.take('status') === 'ARCHIVED') {
      tally.drop('archived items, which Langfuse does not run');
      return [];
    }

    const id = record.takeText('id');
    const metadata = record.takeMap('metadata');

    return [
      {
        ...defined({ id }),
        ...inputPart(record.take('input'), record, 'input'),
        ...answerPart(record.take('expectedOutput', 'expected_output'), 'expectedOutput', tally),
        ...defined({ metadata }),
      },
    ];
  },
};

/** What its API answers is one page; a file of less than all items must not pass for the dataset. */
function pageText(document: JsonValue): string | undefined {
  const { meta, data } = isJsonObject(document) ? document : {};
  if (!isJsonObject(meta) || !Array.isArray(data)) return undefined;
  const { totalItems: total, page } = meta;
  if (typeof total !== 'number' || total <= data.length) return undefined;
  return `the file is page ${String(page)} of a dataset: ${data.length} of ${total} items; import the other pages with --append`;
}
