import { defined } from '../../../model/defined.ts';
import type { ImportFormat } from '../importFormat.ts';
import { answerPart, inputPart } from '../records/caseParts.ts';

/** Rows for the evaluators of the AI Toolkit and of Foundry: `{ query, response, ground_truth, context }`. */
export const foundry: ImportFormat = {
  name: 'foundry',
  aliases: ['ai-toolkit'],
  title: 'AI Toolkit or Foundry',
  fields: 'query, response, ground_truth, context',
  kinds: ['jsonl', 'json', 'csv'],

  looksLike(record) {
    return 'query' in record ? 'yes' : 'no';
  },

  convert(record, { tally }) {
    const id = record.takeText('id');
    return [
      {
        ...defined({ id }),
        ...inputPart(record.take('query'), record, 'query'),
        ...answerPart(record.take('ground_truth'), 'ground_truth', tally),
      },
    ];
  },
};
