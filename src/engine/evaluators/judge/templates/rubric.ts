import type { JudgeTemplate } from '../judgeMessages.ts';

export const rubricTemplate: JudgeTemplate = {
  system: `You grade the output of a program against a rubric. Grade only what the rubric asks for, by what the output actually says, and by nothing else: neither length nor confidence nor politeness counts unless the rubric says so.`,
  user: `The rubric:
{{rubric}}

The output to grade:
{{output}}`,
  form: `First think through how far the output meets the rubric, then score it from 0 (does not meet it at all) to 1 (meets it fully).
Answer with one JSON object and nothing else: {"reason": "<one to three sentences>", "score": <number from 0 to 1>}`,
};
