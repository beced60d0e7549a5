import type { JsonObject } from '../../../model/json.ts';

/** Names under which data sets keep what is asked, and what is right; the likeliest first. */
const ASKED = [
  'question',
  'prompt',
  'query',
  'instruction',
  'problem',
  'user_input',
  'input',
  'text',
  'sentence',
];
const RIGHT = [
  'answer',
  'expected_answer',
  'correct_answer',
  'ground_truth',
  'reference',
  'expected',
  'target',
  'solution',
  'completion',
  'response',
  'output',
  'label',
];

/** `--map question=input --map answer=expected_output.answer` for a record that plainly has such fields. */
export function suggestedMap(record: JsonObject): string | undefined {
  const asked = find(record, ASKED);
  if (asked === undefined) return undefined;
  const right = find(record, RIGHT);
  return [
    `--map ${asked}=input`,
    ...(right === undefined ? [] : [`--map ${right}=expected_output.answer`]),
  ].join(' ');
}

function find(record: JsonObject, names: readonly string[]): string | undefined {
  const fields = new Map(Object.keys(record).map((field) => [field.toLowerCase(), field]));
  const name = names.find((candidate) => fields.has(candidate));
  return name === undefined ? undefined : fields.get(name);
}
