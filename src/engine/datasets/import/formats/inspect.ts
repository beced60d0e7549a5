import { defined } from '../../../model/defined.ts';
import type { JsonValue } from '../../../model/json.ts';
import type { CaseDraft, ImportFormat } from '../importFormat.ts';
import { answerPart, inputPart } from '../records/caseParts.ts';
import type { SourceRecord } from '../records/sourceRecord.ts';

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
    if (SANDBOX.some((name) => record.has(name))) {
      tally.note('files, setup and sandbox are kept in the metadata, but are not set up before the case');
    }

    return [
      {
        ...defined({ id }),
        ...input(record),
        ...answerPart(record.take('target'), 'target', tally),
        ...defined({ metadata }),
      },
    ];
  },
};

/** What Inspect prepares for an agent before the sample. */
const SANDBOX = ['files', 'setup', 'sandbox'];

/** Choices reach the target as a variable, next to the question. */
function input(record: SourceRecord): Pick<CaseDraft, 'input' | 'messages'> {
  const part = inputPart(record.take('input'), record, 'input');
  const choices = readChoices(record.take('choices'));
  if (choices.length === 0) return part;
  if (part.messages) return { input: { messages: part.messages as unknown as JsonValue, choices } };
  return { input: { ...(typeof part.input === 'string' ? { input: part.input } : part.input), choices } };
}

/** As Inspect reads them: a list, or a text with commas, or else with spaces between them; empty ones fall away. */
function readChoices(value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : typeof value === 'string' ? splitChoices(value) : [value];
  return list
    .map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)))
    .filter((choice) => choice.trim() !== '');
}

function splitChoices(text: string): string[] {
  const parts = text.split(',');
  return (parts.length === 1 ? text.split(/\s+/) : parts).map((choice) => choice.trim());
}
