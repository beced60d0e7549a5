import type { JudgeTemplate } from '../judgeMessages.ts';

export const pairwiseTemplate: JudgeTemplate = {
  system: `You compare two answers, A and B. Which of them comes first is chance and must not matter; nor does length, unless the criteria say so.`,
  user: `The criteria:
{{criteria}}

Answer A:
{{answer_a}}

Answer B:
{{answer_b}}`,
  form: `First think through which answer meets the criteria better, then decide "A", "B" or "tie".
Answer with one JSON object and nothing else: {"reason": "<one to three sentences>", "winner": "A", "B" or "tie"}`,
};

/** With the task that both answers answer. */
export const pairwiseWithInput: JudgeTemplate = {
  ...pairwiseTemplate,
  user: `The task:
{{input}}

${pairwiseTemplate.user}`,
};
