import type { JudgeTemplate } from '../judgeMessages.ts';

/** After Liu et al., "G-Eval: NLG Evaluation using GPT-4 with Better Human Alignment" (2023). */
export const gEvalStepsTemplate: JudgeTemplate = {
  system: `You prepare the grading of answers that a program gives.`,
  user: `Write three or four concrete steps by which a grader who sees a task and an answer finds out how far the answer meets these criteria:
{{criteria}}`,
  form: `Each step is one sentence that tells the grader what to do. Do not grade anything yourself.
Answer with one JSON object and nothing else: {"steps": ["<first step>", "<second step>", …]}`,
};

export const gEvalTemplate: JudgeTemplate = {
  system: `You grade the answer that a program gave, by the given criteria and steps and by nothing else.`,
  user: `The criteria:
{{criteria}}

The steps:
{{steps}}

The task:
{{input}}

The answer to grade:
{{output}}`,
  form: `Take the steps one after the other, then score from 0 (meets the criteria not at all) to 10 (meets them fully).
Answer with one JSON object and nothing else: {"reason": "<one to three sentences>", "score": <number from 0 to 10>}`,
};

/** For a case that has only an output. */
export const gEvalWithoutInput: JudgeTemplate = {
  ...gEvalTemplate,
  user: `The criteria:
{{criteria}}

The steps:
{{steps}}

The answer to grade:
{{output}}`,
};
