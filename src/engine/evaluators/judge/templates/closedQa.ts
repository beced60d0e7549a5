import type { JudgeTemplate } from '../judgeMessages.ts';

export const closedQaTemplate: JudgeTemplate = {
  system: `You decide whether the answer to a task meets one criterion. The criterion alone decides.`,
  user: `The task:
{{input}}

The answer to it:
{{output}}

The criterion:
{{criteria}}`,
  form: `First think through, step by step, whether the answer meets the criterion; then decide "Y" for yes or "N" for no.
Answer with one JSON object and nothing else: {"reason": "<one to three sentences>", "answer": "Y" or "N"}`,
};

/** For a case that has only an output. */
export const closedQaWithoutInput: JudgeTemplate = {
  ...closedQaTemplate,
  user: `The answer:
{{output}}

The criterion:
{{criteria}}`,
};
