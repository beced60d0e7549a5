import { defined, nonEmpty } from '../../../model/defined.ts';
import { isJsonObject } from '../../../model/json.ts';
import type { CaseDraft, ImportContext, ImportFormat } from '../importFormat.ts';
import { answerPart, inputPart, isConversation } from '../records/caseParts.ts';
import { expectedCalls } from '../records/foreignMessage.ts';
import type { SourceRecord } from '../records/sourceRecord.ts';

/** Fields that only DeepEval's goldens and test cases have. */
const TELLING = [
  'expected_output',
  'actual_output',
  'retrieval_context',
  'expected_tools',
  'tools_called',
  'additional_metadata',
  'custom_column_key_values',
  'actualOutput',
  'retrievalContext',
  'expectedTools',
];

/** DeepEval's goldens, as it saves them, and as its platform exports them in camel case. */
export const deepeval: ImportFormat = {
  name: 'deepeval',
  title: 'DeepEval goldens',
  fields: 'input, expected_output, context, expected_tools; scenario, turns, expected_outcome',
  kinds: ['jsonl', 'json', 'csv'],

  records(document) {
    if (Array.isArray(document)) return [];
    return isJsonObject(document) && Array.isArray(document['goldens']) ? ['goldens'] : undefined;
  },

  looksLike(record) {
    if ('scenario' in record)
      return 'expected_outcome' in record || 'expectedOutcome' in record ? 'yes' : 'maybe';
    if (!('input' in record)) return 'no';
    return TELLING.some((name) => name in record) ? 'yes' : 'maybe';
  },

  convert(record, context) {
    const id = record.takeText('id');
    const description = record.takeText('name');
    const metadata = record.takeMap('additional_metadata', 'additionalMetadata');
    return [
      {
        ...defined({ id, description }),
        ...(record.has('scenario') ? conversation(record, context) : singleTurn(record, context)),
        ...defined({ metadata }),
      },
    ];
  },
};

function singleTurn(record: SourceRecord, { tally }: ImportContext): CaseDraft {
  const input = inputPart(record.take('input'), record, 'input');
  const { expected_output, kept } = answerPart(
    record.take('expected_output', 'expectedOutput'),
    'expected_output',
    tally,
  );

  const tools = record.takeJson('expected_tools', 'expectedTools');
  const calls = expectedCalls(tools, 'expected_tools');
  const expected = { ...expected_output, ...calls.expected };

  return {
    ...input,
    ...defined({ expected_output: nonEmpty(expected) }),
    kept: { ...kept, ...calls.kept },
  };
}

/** A scenario for a simulated user; recorded turns become the conversation so far. */
function conversation(record: SourceRecord, { tally }: ImportContext): CaseDraft {
  const scenario = record.take('scenario') ?? null;
  const user = record.take('user_description', 'userDescription');
  const turns = record.takeJson('turns');
  const outcome = record.take('expected_outcome', 'expectedOutcome');

  const played = {
    scenario,
    ...defined({ user_description: user }),
  };

  return {
    ...(isConversation(turns)
      ? { ...inputPart(turns, record, 'turns'), kept: played }
      : { input: played, ...(turns === undefined ? {} : { kept: { turns } }) }),
    ...answerPart(outcome, 'expected_outcome', tally),
  };
}
