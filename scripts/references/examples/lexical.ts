import type { EvaluatorExample } from './example.ts';

const REFERENCE = 'expected_output: { answer: You can return shoes within 30 days }';
const CLOSE = 'You can return the shoes within 30 days';
const FAR = 'Please contact our support team';

/** Examples of the evaluators that compare wording. */
export const lexicalExamples: { [type: string]: EvaluatorExample } = {
  concepts: {
    when: 'The first choice for answers in free text: it accepts inflections and gives partial credit. Cases can name their own in `expected_output.expected_concepts`.',
    suite: '- concepts: { concepts: [refund, receipt], min: 0.5 }',
    assert: '- { type: concepts, concepts: [refund, receipt], min: 0.5 }',
    good: 'Refunds take five days.',
    bad: 'It takes five days.',
  },
  levenshtein: {
    when: 'For short outputs with small deviations, such as names or codes.',
    suite: '- levenshtein: { value: sitting, min: 0.7 }',
    assert: '- { type: levenshtein, value: sitting, config: { min: 0.7 } }',
    good: 'sittin',
    bad: 'kitten',
  },
  'rouge-n': {
    when: 'For summaries that should reuse the words of a reference, in any order.',
    suite: '- rouge-n: { n: 1, min: 0.75 }',
    assert: '- { type: rouge-n, threshold: 0.75 }',
    given: REFERENCE,
    good: CLOSE,
    bad: FAR,
  },
  'rouge-l': {
    when: 'Like `rouge-n`, but word order counts.',
    suite: '- rouge-l: { min: 0.75 }',
    assert: '- { type: rouge-l, threshold: 0.75 }',
    given: REFERENCE,
    good: CLOSE,
    bad: FAR,
  },
  bleu: {
    when: 'For translations, beside figures that others publish. Unreliable for single short sentences: use `gleu`.',
    suite: '- bleu: { min: 0.5 }',
    assert: '- { type: bleu, threshold: 0.5 }',
    given: REFERENCE,
    good: CLOSE,
    bad: FAR,
  },
  gleu: {
    when: 'Like `bleu`, made for single sentences.',
    suite: '- gleu: { min: 0.5 }',
    assert: '- { type: gleu, threshold: 0.5 }',
    given: REFERENCE,
    good: CLOSE,
    bad: FAR,
  },
  meteor: {
    when: 'For translations and paraphrases: words count by their stems.',
    suite: '- meteor: { min: 0.5 }',
    assert: '- { type: meteor, threshold: 0.5 }',
    given: REFERENCE,
    good: CLOSE,
    bad: FAR,
  },
  'token-f1': {
    when: 'For short answers to questions, as in SQuAD: articles and punctuation do not count.',
    suite: '- token-f1: { min: 0.7 }',
    assert: '- { type: token-f1, threshold: 0.7 }',
    given: REFERENCE,
    good: CLOSE,
    bad: FAR,
  },
};
