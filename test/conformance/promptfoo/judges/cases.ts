import type { JsonObject, JsonValue } from '../../../../src/engine/model/json.ts';

/** A test with the replies that the judge gives to it, in order. `§` stands for its own mark, by which it is known. */
export interface JudgeCase {
  name: string;
  vars: JsonObject;
  output: JsonValue;
  assert: JsonObject;
  /** Of the test. */
  options?: JsonObject;
  replies: string[];
}

const QUERY = 'What is the capital of § France?';
const CONTEXT = 'Paris is the capital of France (§). It lies on the Seine. Lyon is another city.';
const ANSWER = 'Paris § is the capital. It has 2 million inhabitants.';
const STATEMENTS = 'Paris is the capital of France.\nParis has 2 million inhabitants.';

function faithfulness(
  name: string,
  replies: string[],
  assert: JsonObject = {},
  more: Partial<JudgeCase> = {},
): JudgeCase {
  return {
    name: `faithfulness ${name}`,
    vars: { query: QUERY, context: CONTEXT },
    output: ANSWER,
    assert: { type: 'context-faithfulness', ...assert },
    replies,
    ...more,
  };
}

const final = (list: string): string => `1. Paris … 2. …\nFinal verdict for each statement in order: ${list}`;
const verdicts = (...words: string[]): string =>
  words.map((word, index) => `${index + 1}. Explanation: so it is. Verdict: ${word}.`).join('\n');

const FAITHFULNESS: JudgeCase[] = [
  faithfulness('all', [STATEMENTS, final('Yes. Yes.')], { threshold: 1 }),
  faithfulness('half', [STATEMENTS, final('Yes. No.')]),
  faithfulness('half, more wanted', [STATEMENTS, final('Yes. No.')], { threshold: 0.51 }),
  faithfulness('none', [STATEMENTS, final('No. No.')]),
  faithfulness('without final list', [STATEMENTS, verdicts('Yes', 'Yes')], { threshold: 1 }),
  faithfulness('without final list, half', [STATEMENTS, verdicts('No', 'Yes')]),
  faithfulness('fewer verdicts', [STATEMENTS, final('Yes.')], { threshold: 0.6 }),
  faithfulness('fewer verdicts without list', [`${STATEMENTS}\nA third.`, verdicts('Yes', 'Yes')], {
    threshold: 0.7,
  }),
  faithfulness('blank lines', [`\n${STATEMENTS.replace('\n', '\n\n  \n')}\n`, final('yes. YES.')], {
    threshold: 1,
  }),
  faithfulness('one of three', ['a\nb\nc', final('No. Yes. No.')], { threshold: 0.33 }),
  faithfulness('numbered list', [STATEMENTS, final('1. Yes. 2. Yes.')]),
  faithfulness('words behind the list', [STATEMENTS, final('Yes. Yes. I hope this helps')]),
  faithfulness('no verdict', [STATEMENTS, 'I cannot tell.']),
  faithfulness('no reply to the first', ['']),
  faithfulness('no reply to the second', [STATEMENTS, '']),
  faithfulness('list in several lines', [STATEMENTS, final('\nYes.\nNo.\n')], { threshold: 0.5 }),
  faithfulness(
    'context as a list',
    [STATEMENTS, final('Yes. Yes.')],
    {},
    {
      vars: { query: QUERY, context: ['Paris § is the capital.', 'It is large.'] },
      options: { disableVarExpansion: true },
    },
  ),
  faithfulness(
    'from the output',
    [STATEMENTS, final('Yes. No.')],
    {
      transform: 'output.answer',
      contextTransform: 'output.sources.join("\\n")',
    },
    { vars: { query: QUERY }, output: { answer: ANSWER, sources: ['Paris § is.', 'So.'] } },
  ),
  faithfulness(
    'from the output, before the transform of the test',
    [STATEMENTS, final('Yes. Yes.')],
    {
      contextTransform: 'output.sources',
    },
    {
      vars: { query: QUERY },
      output: { answer: ANSWER, sources: ['Paris § is.', 'So.'] },
      options: { transform: 'output.answer' },
    },
  ),
  faithfulness('transform that gives a number', [STATEMENTS, final('Yes. Yes.')], {
    contextTransform: 'output.length',
  }),
  faithfulness('transform that throws', [STATEMENTS, final('Yes. Yes.')], { contextTransform: 'output.a.b' }),
  faithfulness('without context', [STATEMENTS, final('Yes. Yes.')], {}, { vars: { query: QUERY } }),
  faithfulness('without query', [STATEMENTS, final('Yes. Yes.')], {}, { vars: { context: CONTEXT } }),
  faithfulness('not, half', [STATEMENTS, final('Yes. No.')], {
    type: 'not-context-faithfulness',
    threshold: 0.6,
  }),
  faithfulness('not, all', [STATEMENTS, final('Yes. Yes.')], { type: 'not-context-faithfulness' }),
  faithfulness('not, unreadable', [STATEMENTS, 'hm'], { type: 'not-context-faithfulness' }),
  faithfulness(
    'own prompts',
    ['x\ny', final('Yes. No.')],
    {},
    {
      options: {
        rubricPrompt: [
          'Statements for {{question}} and {{answer}}:',
          'Hold {{statements | join("\\n")}} to {{context}}.',
        ],
      },
    },
  ),
  faithfulness('more verdicts than statements', ['Only one §.', final('Yes. Yes.')]),
  faithfulness('more verdicts without list', ['Only one §.', verdicts('Yes', 'No', 'Yes')]),
  faithfulness('yes inside of a word', [STATEMENTS, final('No, as his eyes tell. No.')], { threshold: 0.5 }),
  faithfulness('two final lists', [STATEMENTS, `${final('No. No.')}\n${final('Yes. Yes.')}`]),
  faithfulness('empty output', ['It is empty.', final('Yes.')], {}, { output: '' }),
];

function recall(
  name: string,
  reply: string,
  assert: JsonObject = {},
  more: Partial<JudgeCase> = {},
): JudgeCase {
  return {
    name: `recall ${name}`,
    vars: { query: QUERY, context: CONTEXT },
    output: ANSWER,
    assert: { type: 'context-recall', value: 'Paris is the capital. It is old.', ...assert },
    replies: [reply],
    ...more,
  };
}

const HALF =
  '1. Paris is the capital. It is said. So [Attributed]\n2. It is old. No word of it. So [Not Attributed]';

const RECALL: JudgeCase[] = [
  recall('half', HALF),
  recall('half, more wanted', HALF, { threshold: 0.9 }),
  recall('all', '1. a. So [Attributed]\n2. b [attributed]', { threshold: 1 }),
  recall('none', '1. a [Not Attributed]\n2. b [NOT ATTRIBUTED]'),
  recall('other lines', `classification:\n${HALF}\nThat is all.`),
  recall('both in a line', '1. a [Attributed], or rather [Not Attributed]\n2. b [Attributed]', {
    threshold: 0.5,
  }),
  recall('two thirds', 'a [Attributed]\nb [Attributed]\nc [Not Attributed]', { threshold: 0.67 }),
  recall('no classification', 'All is well.'),
  recall('no reply', ''),
  recall('not, half', HALF, { type: 'not-context-recall' }),
  recall('not, none', 'a [Not Attributed]', { type: 'not-context-recall' }),
  recall('not, no classification', 'All is well.', { type: 'not-context-recall' }),
  recall('value with a variable', HALF, { value: 'It is about {{query}}.' }),
  recall('without a value', HALF, { value: '' }),
  recall('prompt as context', HALF, {}, { vars: { query: QUERY } }),
  recall(
    'from the output',
    HALF,
    { contextTransform: 'output.docs' },
    {
      vars: { query: QUERY },
      output: { docs: ['a §', 'b'] },
    },
  ),
  recall(
    'own prompt',
    HALF,
    {},
    { options: { rubricPrompt: 'Is {{groundTruth}} in {{context}}, for {{query}}?' } },
  ),
];

function relevance(
  name: string,
  reply: string,
  assert: JsonObject = {},
  more: Partial<JudgeCase> = {},
): JudgeCase {
  return {
    name: `relevance ${name}`,
    vars: { query: QUERY, context: CONTEXT },
    output: ANSWER,
    assert: { type: 'context-relevance', ...assert },
    replies: [reply],
    ...more,
  };
}

const LINES = 'Paris is § the capital.\nIt lies on the Seine.\nLyon is a city.\nNice is another.\n';
const listed = (context: string[]): Partial<JudgeCase> => ({
  vars: { query: QUERY, context },
  options: { disableVarExpansion: true },
});

const RELEVANCE: JudgeCase[] = [
  relevance('one of three', 'It lies on the Seine.', { threshold: 0.3 }),
  relevance('one of three, more wanted', 'It lies on the Seine.'),
  relevance('two of three in one line', 'It lies on the Seine. Lyon is another city.', { threshold: 0.66 }),
  relevance('numbered in one line', '1. It lies on the Seine. 2. Lyon is another city.', { threshold: 0.66 }),
  relevance('list', '- It lies on the Seine.\n- Lyon is another city.', { threshold: 0.66 }),
  relevance('nothing', 'Insufficient Information'),
  relevance('nothing, with a quotation', 'It lies on the Seine. Insufficient Information.'),
  relevance('twice the same', 'It lies on the Seine.\nIt lies on the Seine.', { threshold: 0.5 }),
  relevance('more than there are', 'It lies on the Seine.\nx\ny\nz\nw', { threshold: 1 }),
  relevance('other words', 'The river is the Seine.'),
  relevance('other case and spaces', 'it  LIES on the   seine.', { threshold: 0.3 }),
  relevance('no reply', ''),
  relevance(
    'two of four lines',
    'Lyon is a city.\nNice is another.',
    {},
    { vars: { query: QUERY, context: LINES } },
  ),
  relevance(
    'one of four lines, two sentences',
    'Lyon is a city. Nice is another.',
    { threshold: 0.25 },
    {
      vars: { query: QUERY, context: `${LINES}Lyon is a city. Nice is another.` },
    },
  ),
  relevance('one of two passages', 'B is. It is so.', {}, listed(['A § is.', 'B is. It is so.'])),
  relevance(
    'one passage in two lines',
    'B is.\nIt is so.',
    { threshold: 1 },
    listed(['A § is.', 'B is. It is so.']),
  ),
  relevance('not, one of three', 'It lies on the Seine.', { type: 'not-context-relevance' }),
  relevance('not, other words', 'The river is the Seine.', { type: 'not-context-relevance' }),
  relevance('without context', 'x', {}, { vars: { query: QUERY } }),
  relevance('without query', 'x', {}, { vars: { context: CONTEXT } }),
  relevance(
    'from the output',
    'It lies on the Seine.',
    { contextTransform: 'output.docs' },
    {
      vars: { query: QUERY },
      output: { docs: ['It lies on the Seine.', 'b §'] },
    },
  ),
  relevance(
    'own prompt',
    'It lies on the Seine.',
    { threshold: 0.3 },
    {
      options: { rubricPrompt: 'Pick what {{query}} needs of {{context}}.' },
    },
  ),
  relevance('an empty item', '-', {}, { vars: { query: QUERY, context: 'Only one § sentence.' } }),
];

/** `<x,y>` in a text is its vector. */
function answers(
  name: string,
  replies: string[],
  assert: JsonObject = {},
  more: Partial<JudgeCase> = {},
): JudgeCase {
  return {
    name: `answer ${name}`,
    vars: { query: 'Where § to? <1,0>' },
    output: 'To § the east.',
    assert: { type: 'answer-relevance', ...assert },
    replies,
    ...more,
  };
}

const ANSWERS: JudgeCase[] = [
  answers('same', ['a <1,0>', 'b <2,0>', 'c <3,0>'], { threshold: 1 }),
  answers('two of three', ['a <1,0>', 'b <0,1>', 'c <1,0>']),
  answers('two of three, more wanted', ['a <1,0>', 'b <0,1>', 'c <1,0>'], { threshold: 0.7 }),
  answers('oblique', ['a <1,1>', 'b <1,1>', 'c <1,1>'], { threshold: 0.7 }),
  answers('none', ['a <0,1>', 'b <0,1>', 'c <0,1>']),
  answers('no reply to the second', ['a <1,0>', '']),
  answers('not, two of three', ['a <1,0>', 'b <0,1>', 'c <1,0>'], {
    type: 'not-answer-relevance',
    threshold: 0.7,
  }),
  answers('not, no reply', [''], { type: 'not-answer-relevance' }),
  answers('prompt as question', ['a <0,1>', 'b <0,1>', 'c <0,1>'], {}, { vars: { place: 'north <0,1> §' } }),
  answers(
    'own prompt',
    ['a <1,0>', 'b <1,0>', 'c <0,1>'],
    {},
    { options: { rubricPrompt: 'Which question has {{answer}}?' } },
  ),
  answers('opposite', ['a <-1,0>', 'b <-1,0>', 'c <-1,0>']),
  answers('empty vector', ['a <0,0>', 'b <1,0>', 'c <1,0>']),
];

const YES = '{"verdict": "yes"}';
const NO = '{"verdict": "no", "reason": "it speaks of the weather"}';

/** A conversation of so many exchanges. */
function talk(name: string, exchanges: number, replies: string[], assert: JsonObject = {}): JudgeCase {
  const turn = (_: unknown, index: number) => ({ input: `§ question ${index}`, output: `answer ${index}` });
  return {
    name: `conversation ${name}`,
    vars: exchanges === 0 ? { query: QUERY } : { _conversation: Array.from({ length: exchanges }, turn) },
    output: ANSWER,
    assert: { type: 'conversation-relevance', ...assert },
    options: { disableVarExpansion: true },
    replies,
  };
}

const CONVERSATIONS: JudgeCase[] = [
  talk('of one', 0, [YES]),
  talk('of one, beside the point', 0, [NO, '{"reason": "so"}']),
  talk('two of three', 3, [YES, NO, YES, '{"reason": "so"}']),
  talk('two of three, more wanted', 3, [YES, NO, YES, '{"reason": "so"}'], { threshold: 0.7 }),
  talk('half', 2, [NO, YES, '{"reason": "so"}'], { threshold: 0.5 }),
  talk('in a fence', 1, ['```json\n{"verdict": "yes", "reason": ""}\n```']),
  talk('of seven', 7, [YES, YES, YES, YES, YES, YES, YES], { threshold: 1 }),
  talk('with a window of one', 2, [YES, YES], { threshold: 1, config: { windowSize: 1 } }),
  talk('no without a reason', 1, ['{"verdict": "no"}']),
  talk('other verdict', 1, ['{"verdict": "maybe"}', '{"verdict": "maybe"}']),
  talk('no JSON', 1, ['Yes, it is.', 'Yes, it is.']),
  talk('no reply to the second', 2, [YES, '', '']),
  talk('not, all', 1, [YES], { type: 'not-conversation-relevance' }),
  talk('not, half', 2, [YES, NO, '{"reason": "so"}'], { type: 'not-conversation-relevance', threshold: 0.6 }),
  talk('not, no JSON', 1, ['hm', 'hm'], { type: 'not-conversation-relevance' }),
];

export const JUDGE_CASES: readonly JudgeCase[] = [
  ...FAITHFULNESS,
  ...RECALL,
  ...RELEVANCE,
  ...ANSWERS,
  ...CONVERSATIONS,
];
