import type { JudgeTemplate } from '../judgeMessages.ts';

/** The five categories are those of OpenAI evals' `fact` template, which autoevals and promptfoo share. */
export const factualityTemplate: JudgeTemplate = {
  system: `You compare the facts of a submitted answer with those of an expert's answer. Differences of style, grammar, order or punctuation do not count.`,
  user: `The expert's answer:
{{ideal}}

The submitted answer:
{{output}}`,
  form: `Choose the one category that holds:
A: the submitted answer says less than the expert's, and agrees with it in everything it says.
B: the submitted answer says more than the expert's, and agrees with it in everything the expert says.
C: the submitted answer says the same as the expert's.
D: the two answers disagree in some fact.
E: the answers differ, but the differences do not matter for the facts.
Answer with one JSON object and nothing else: {"reason": "<one to three sentences>", "category": "A", "B", "C", "D" or "E"}`,
};

/** With the question that both answers answer. */
export const factualityWithInput: JudgeTemplate = {
  ...factualityTemplate,
  user: `The question:
{{input}}

${factualityTemplate.user}`,
};
