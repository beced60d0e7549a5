import type { Difference } from '../differences.ts';

/** Where verdicts on the same replies of a judge differ from promptfoo's on purpose. */
export const JUDGE_DIFFERENCES: readonly Difference[] = [
  {
    title: 'What cannot be measured is an error',
    names: [
      'faithfulness numbered list',
      'faithfulness words behind the list',
      'faithfulness no verdict',
      'faithfulness no reply *',
      'faithfulness not, unreadable',
      'recall no classification',
      'recall no reply',
      'recall not, no classification',
      'relevance other words',
      'relevance no reply',
      'relevance not, other words',
      'answer no reply to the second',
      'answer not, no reply',
      'answer empty vector',
      'conversation other verdict',
      'conversation no JSON',
      'conversation no reply to the second',
      'conversation not, no JSON',
      'goal no JSON',
      'goal no reply',
      'goal not, no JSON',
    ],
  },
  { title: 'Nothing to check is an error', names: ['recall without a value'] },
  {
    title: 'Verdicts belong to statements',
    names: [
      'faithfulness more verdicts *',
      'faithfulness two final lists',
      'faithfulness yes inside of a word',
      'faithfulness fewer verdicts',
      'faithfulness fewer verdicts without list',
      'recall both in a line',
      'recall two thirds',
      'recall not, none',
      'recall value with a variable',
    ],
  },
  {
    title: 'Sentences of the context stand in the context',
    names: [
      'relevance nothing, with a quotation',
      'relevance more than there are',
      'relevance one passage in two lines',
    ],
  },
  {
    title: 'A judge says what it means',
    names: ['goal without pass', 'goal contradiction', 'goal beyond 1'],
  },
  { title: '`not-` turns the score too', names: ['goal not, partly'] },
  { title: 'An empty line quotes nothing', names: ['relevance an empty item'] },
  { title: 'Scores stay between 0 and 1', names: ['answer opposite'] },
];
