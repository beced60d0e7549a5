import type { JudgeTemplate } from '../judgeMessages.ts';

/** The question to choose among `count` answers, numbered from 1. */
export function selectBestTemplate(count: number, withInput: boolean): JudgeTemplate {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const answers = numbers.map((number) => `Answer ${number}:\n{{answer_${number}}}`).join('\n\n');
  return {
    system: `You choose the best of ${count} answers, numbered from 1 to ${count}. Their order is chance and must not matter; nor does length, unless the criteria say so.`,
    user: `${withInput ? 'The task:\n{{input}}\n\n' : ''}The criteria:\n{{criteria}}\n\n${answers}`,
    form: `First think through which answer meets the criteria best, then decide for one of them.
Answer with one JSON object and nothing else: {"reason": "<one to three sentences>", "best": <number from 1 to ${count}>}`,
  };
}
