import type { JsonValue } from '../../../model/json.ts';
import { answerPart, inputPart } from '../caseParts.ts';
import type { CaseDraft, ImportFormat } from '../importFormat.ts';
import type { SourceRecord } from '../sourceRecord.ts';

/** Samples of Inspect: `{ input, choices, target, id, metadata, files, setup }`. */
export const inspect: ImportFormat = {
  name: 'inspect',
  title: 'Inspect',
  fields: 'input, target, choices, id, metadata',
  kinds: ['jsonl', 'json', 'csv'],

  looksLike(record) {
    if (!('input' in record)) return 'no';
    return 'target' in record ? 'yes' : 'maybe';
  },

  convert(record, { tally }) {
    const id = record.takeText('id');
    const metadata = record.takeMap('metadata');
    return [
      {
        ...(id === undefined ? {} : { id }),
        ...input(record),
        ...answerPart(record.take('target'), 'target', tally),
        ...(metadata ? { metadata } : {}),
      },
    ];
  },
};

/** Choices reach the target as a variable, beside the question. */
function input(record: SourceRecord): Pick<CaseDraft, 'input' | 'messages'> {
  const part = inputPart(record.take('input'), record, 'input');
  const choices = record.takeTexts('choices');
  if (!choices || choices.length === 0) return part;
  if (part.messages) return { input: { messages: part.messages as unknown as JsonValue, choices } };
  return { input: { ...(typeof part.input === 'string' ? { input: part.input } : part.input), choices } };
}
