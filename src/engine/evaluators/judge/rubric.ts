import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { askJudge, unanswered } from './askJudge.ts';
import { judgeMessages } from './judgeMessages.ts';
import {
  assertionAs,
  judgeClient,
  modelOption,
  rubricPromptOption,
  thresholdOption,
} from './judgeOptions.ts';
import { judged, noText, thresholdOf } from './judgeScore.ts';
import { materialOf } from './material.ts';
import { checkTexts } from './placeholders.ts';
import { rubricTemplate } from './templates/rubric.ts';

const options = z.strictObject({
  criteria: z
    .string()
    .min(1)
    .describe('What makes a good output, in plain words. Can contain variables of the case: {{ name }}.'),
  model: modelOption,
  threshold: thresholdOption.describe(
    'Minimum score for a pass, 0–1. Default: min_accuracy of the case, or 0.5.',
  ),
  rubricPrompt: rubricPromptOption.describe(
    'Your own question to the judge, as a string or a list of messages; contains {{ rubric }} and {{ output }}.',
  ),
});

const answer = z.object({ reason: z.string().trim().min(1), score: z.number() });

/**
 * A judge that was told another form by its own prompt may add `pass`. It can only make a verdict stricter,
 * and one that contradicts the score outright is no verdict.
 */
const readAnswer = answer.extend({ pass: z.boolean().optional() });

export const rubric: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'rubric',
  stage: 'judge',
  summary: 'A model grades the output by criteria in plain words.',
  options,
  shorthand: 'criteria',
  fromAssertion: assertionAs('criteria'),
  create(spec, { criteria, model, threshold, rubricPrompt }, deps) {
    const client = judgeClient(model, spec, deps);
    checkTexts(spec, criteria, rubricPrompt);

    return async (input, context) => {
      const built = judgeMessages({
        template: rubricTemplate,
        custom: rubricPrompt,
        instructions: { rubric: criteria, criteria },
        material: materialOf(input),
        random: deps.random,
      });
      if ('missing' in built) return noText(built.missing);

      const question = { name: 'grade', ...built, answer: readAnswer, form: answer };
      const asked = await askJudge(client, question, context);
      if (asked.status === 'failed') return unanswered(asked);

      const { reason, score, pass } = asked.answer;
      const problem = contradiction(score, pass);
      if (problem) return unanswered({ reason: problem, calls: asked.calls });

      const least = thresholdOf(threshold, input, 0.5);
      const detail = { judge: `${client.provider}/${client.model}` };
      const verdict = judged({ score, threshold: least, reason, detail }, asked.calls);

      return pass === false && verdict.status === 'scored' ? { ...verdict, pass: false } : verdict;
    };
  },
};

function contradiction(score: number, pass: boolean | undefined): string | undefined {
  if (score < 0 || score > 1) return `the judge's score ${score} is not between 0 and 1`;
  if ((pass === true && score === 0) || (pass === false && score === 1)) {
    return `the judge contradicts itself: score ${score}, but pass is ${pass}`;
  }
  return undefined;
}
