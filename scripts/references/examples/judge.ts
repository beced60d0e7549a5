import type { JudgedExample } from './example.ts';

const PASS = '{"reason": "The criteria are met.", "score": 1}';
const FAIL = '{"reason": "The criteria are not met.", "score": 0}';
const REACHED = '{"reason": "The goal was reached.", "pass": true, "score": 1}';
const MISSED = '{"reason": "The goal was missed.", "pass": false, "score": 0}';
const GOOD = 'You can return them within 30 days.';
const BAD = 'Figure it out yourself.';
const CONTEXT =
  'input: { query: How long can I return shoes?, context: Shoes can be returned within 30 days. }';

/** Examples of the evaluators that ask a model. */
export const judgeExamples: { [type: string]: JudgedExample } = {
  rubric: {
    when: 'The first choice among judges: any criteria in plain words. Check it with [labels](labels.md) before you trust it.',
    suite: '- rubric: { criteria: polite and cites the return policy, threshold: 0.7 }',
    assert: '- { type: rubric, value: polite and cites the return policy, threshold: 0.7 }',
    good: GOOD,
    bad: BAD,
    goodReplies: [PASS],
    badReplies: [FAIL],
  },
  'closed-qa': {
    when: 'For one yes-or-no question about the answer.',
    suite: '- closed-qa: names the number of days',
    assert: '- { type: closed-qa, value: names the number of days }',
    good: GOOD,
    bad: BAD,
    goodReplies: ['{"reason": "It says 30 days.", "answer": "Y"}'],
    badReplies: ['{"reason": "No number.", "answer": "N"}'],
  },
  factuality: {
    when: "Where an expert's answer exists and wording may differ. Scores: `subset` (says less), `superset` (says more), `agree`, `disagree`, `differButFactual`.",
    suite: '- factuality: { scores: { subset: 0.5 } }',
    assert: '- { type: factuality, value: Within 30 days of the purchase. }',
    given: 'expected_output: { answer: Within 30 days of the purchase. }',
    good: GOOD,
    bad: 'Within 14 days.',
    goodReplies: ['{"reason": "Same facts.", "category": "C"}'],
    badReplies: ['{"reason": "Another number.", "category": "D"}'],
  },
  'g-eval': {
    when: 'For a finer score than `rubric` gives: the judge first works out grading steps, once for all cases.',
    suite: '- g-eval: { criteria: [is polite], threshold: 0.7 }',
    assert: '- { type: g-eval, value: is polite, threshold: 0.7 }',
    good: GOOD,
    bad: BAD,
    goodReplies: ['{"steps": ["Look for polite words."]}', '{"reason": "Polite.", "score": 9}'],
    badReplies: ['{"reason": "Rude.", "score": 1}'],
  },
  'choice-judge': {
    when: 'Where the answers of the judge are your own categories, each with its score.',
    suite:
      '- choice-judge: { prompt: "Is this polite? {{ completion }}", choices: [{ choice: polite, score: 1 }, { choice: rude, score: 0 }] }',
    assert:
      '- { type: choice-judge, config: { prompt: "Is this polite? {{ completion }}", choices: [{ choice: polite, score: 1 }, { choice: rude, score: 0 }] } }',
    good: GOOD,
    bad: BAD,
    goodReplies: ['{"reason": "Friendly.", "choice": "polite"}'],
    badReplies: ['{"reason": "Not friendly.", "choice": "rude"}'],
  },
  pairwise: {
    when: 'To compare with another target or the expected answer, instead of scoring each alone. Every pair is judged in both orders.',
    suite: '- pairwise: { criteria: the friendlier answer, against: expected }',
    assert: '- { type: pairwise, value: the friendlier answer, config: { against: expected } }',
    given: 'expected_output: { answer: 30 days. }',
    good: GOOD,
    bad: BAD,
    goodReplies: ['{"reason": "Friendlier.", "winner": "A"}', '{"reason": "Friendlier.", "winner": "B"}'],
    badReplies: ['{"reason": "Friendlier.", "winner": "B"}', '{"reason": "Friendlier.", "winner": "A"}'],
  },
  'context-faithfulness': {
    when: 'For answers from retrieved passages: finds what the passages do not support.',
    suite: '- context-faithfulness: { threshold: 0.8 }',
    assert: '- { type: context-faithfulness, threshold: 0.8 }',
    given: CONTEXT,
    good: 'Within 30 days.',
    bad: 'Within 90 days.',
    goodReplies: [
      'Shoes can be returned within 30 days.',
      '1. It says so. Verdict: Yes.\nFinal verdict for each statement in order: Yes.',
    ],
    badReplies: [
      'Shoes can be returned within 90 days.',
      '1. It does not. Verdict: No.\nFinal verdict for each statement in order: No.',
    ],
  },
  'context-recall': {
    when: 'For retrieval: whether the passages that were found hold the expected answer.',
    suite: '- context-recall: { threshold: 0.8 }',
    assert: '- { type: context-recall, value: Within 30 days., threshold: 0.8 }',
    given: `${CONTEXT}\nexpected_output: { answer: Within 30 days. }`,
    good: 'Within 30 days.',
    bad: 'Within 90 days.',
    goodReplies: ['1. Within 30 days. The context says so. [Attributed]'],
    badReplies: ['1. Within 30 days. The context does not say so. [Not Attributed]'],
  },
  'context-relevance': {
    when: 'For retrieval: whether what was found is needed to answer the question.',
    suite: '- context-relevance: { threshold: 0.5 }',
    assert: '- { type: context-relevance, threshold: 0.5 }',
    given: CONTEXT,
    good: 'Within 30 days.',
    bad: 'Within 90 days.',
    goodReplies: ['Shoes can be returned within 30 days.'],
    badReplies: ['Insufficient Information'],
  },
  'trajectory:goal-success': {
    when: 'For agents: whether the goal was reached, judged by the steps as well as the answer.',
    suite: '- trajectory:goal-success: { goal: book a seat and say so }',
    assert: '- { type: "trajectory:goal-success", value: book a seat and say so }',
    good: { output: 'Booked.', steps: [{ type: 'tool', name: 'book', arguments: {} }] },
    bad: { output: 'I cannot book.', steps: [{ type: 'message', name: 'answer' }] },
    goodReplies: [REACHED],
    badReplies: [MISSED],
  },
  'conversation-relevance': {
    when: 'For chats: whether each answer fits what was said before. Needs `messages`.',
    suite: '- conversation-relevance: { windowSize: 3 }',
    assert: '- { type: conversation-relevance, config: { windowSize: 3 } }',
    given: 'messages: [{ role: user, content: How long can I return shoes? }]',
    good: GOOD,
    bad: 'Nice weather today.',
    goodReplies: ['{"verdict": "yes"}'],
    badReplies: ['{"verdict": "no", "reason": "Off topic."}'],
  },
  'select-best': {
    when: 'To choose between prompts or models: one judgement for all targets of the suite, made in two orders.',
    suite: '- select-best: the friendlier answer',
    assert: '- { type: select-best, value: the friendlier answer }',
    good: GOOD,
    bad: BAD,
    other: 'In 30 days.',
    goodReplies: ['{"reason": "Friendlier.", "best": 1}', '{"reason": "Friendlier.", "best": 2}'],
    badReplies: ['{"reason": "Friendlier.", "best": 2}', '{"reason": "Friendlier.", "best": 1}'],
  },
  'answer-relevance': {
    when: 'For answers that must address the question: the judge writes the questions that the answer would answer, and embeddings compare them with the one that was asked.',
    suite: '- answer-relevance: { threshold: 0.6 }',
    assert: '- { type: answer-relevance, threshold: 0.6 }',
    given: 'input: How long can I return shoes?',
    good: GOOD,
    bad: 'Nice weather today.',
    goodReplies: Array(3).fill('How long can I return shoes?'),
    badReplies: Array(3).fill('What is the weather today?'),
  },
  similar: similarity(
    'For paraphrases, more cheaply than a judge: embeddings of output and reference. A high similarity does not mean that facts agree.',
    'similar',
    0.7,
  ),
  'similar:cosine': similarity('The same as `similar`.', 'similar:cosine', 0.7),
  'similar:dot': similarity(
    'For embedding models whose vectors carry meaning in their length.',
    'similar:dot',
    0.7,
  ),
  'similar:euclidean': similarity(
    'For embedding models that are compared by distance; the threshold is the largest distance.',
    'similar:euclidean',
    0.8,
  ),
};

/** They ask an embedding model and no judge. */
function similarity(when: string, type: string, threshold: number): JudgedExample {
  return {
    when,
    suite: `- ${type}: { value: You can return them within 30 days, threshold: ${threshold} }`,
    assert: `- { type: "${type}", value: You can return them within 30 days, threshold: ${threshold} }`,
    good: GOOD,
    bad: 'Nice weather today.',
    goodReplies: [],
    badReplies: [],
  };
}
