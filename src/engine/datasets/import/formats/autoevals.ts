import { defined, nonEmpty } from '../../../model/defined.ts';
import type { ImportFormat } from '../importFormat.ts';
import { answerPart, inputPart } from '../records/caseParts.ts';

/** `{ input, expected, metadata }`, as autoevals, Braintrust and Evalite have it. */
export const autoevals: ImportFormat = {
  name: 'autoevals',
  aliases: ['braintrust', 'evalite'],
  title: 'autoevals, Braintrust or Evalite',
  fields: 'input, expected, metadata, tags',
  kinds: ['jsonl', 'json', 'csv'],

  looksLike(record) {
    if (!('input' in record)) return 'no';
    return 'expected' in record ? 'yes' : 'maybe';
  },

  convert(record, { tally }) {
    const id = record.takeText('id');
    const tags = record.takeTexts('tags')?.filter((tag) => tag !== '');
    const metadata = record.takeMap('metadata');
    return [
      {
        ...defined({ id }),
        ...inputPart(record.take('input'), record, 'input'),
        ...answerPart(record.take('expected'), 'expected', tally),
        ...defined({ tags: nonEmpty(tags), metadata }),
      },
    ];
  },
};
