import { defined, nonEmpty } from '../../../model/defined.ts';
import { isJsonObject, type JsonValue } from '../../../model/json.ts';
import type { CaseDraft, ImportFormat } from '../importFormat.ts';
import { answerPart, inputPart } from '../records/caseParts.ts';
import { expectedCalls } from '../records/foreignMessage.ts';

const TELLING = [
  'ground_truth',
  'ground_truths',
  'contexts',
  'reference',
  'reference_contexts',
  'retrieved_contexts',
  'response',
];

/** Ragas samples: `{ user_input, reference, … }`, and the `{ question, ground_truth, … }` of its first versions. */
export const ragas: ImportFormat = {
  name: 'ragas',
  title: 'Ragas',
  fields: 'user_input, response, retrieved_contexts, reference',
  kinds: ['jsonl', 'json', 'csv'],

  records(document) {
    if (Array.isArray(document)) return [];
    return isJsonObject(document) && Array.isArray(document['samples']) ? ['samples'] : undefined;
  },

  looksLike(record) {
    const isOld = 'question' in record;
    if (!isOld && !('user_input' in record)) return 'no';
    return !isOld || TELLING.some((name) => name in record) ? 'yes' : 'maybe';
  },

  convert(record, { tally }) {
    const { recorded, ...input } = untilLastQuestion(
      inputPart(record.take('user_input', 'question'), record, 'user_input'),
    );
    if (recorded.length > 0) tally.note(RECORDED);

    const { expected_output, kept } = answerPart(
      record.take('reference', 'ground_truth', 'ground_truths'),
      'reference',
      tally,
    );

    const calls = expectedCalls(record.take('reference_tool_calls'), 'reference_tool_calls');
    const expected = { ...expected_output, ...calls.expected };

    return [
      {
        ...input,
        ...defined({ expected_output: nonEmpty(expected) }),
        kept: { ...kept, ...calls.kept, ...defined({ recorded: nonEmpty(recorded) }) },
      },
    ];
  },
};

const RECORDED = 'what follows the last question of a conversation is kept in the metadata';

/** Samples with several turns contain the agent's answers; the case ends where the agent is to answer. */
function untilLastQuestion(input: Pick<CaseDraft, 'input' | 'messages'>) {
  const messages = input.messages ?? [];
  const end = messages.findLastIndex(({ role }) => role === 'user') + 1;
  if (end === 0 || end === messages.length) return { ...input, recorded: [] };
  return { messages: messages.slice(0, end), recorded: messages.slice(end) as unknown as JsonValue[] };
}
