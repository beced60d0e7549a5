import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { askJudge, unanswered } from './askJudge.ts';
import { judgeMessages } from './judgeMessages.ts';
import { assertionAs, judgeClient, modelOption, rubricPromptOption } from './judgeOptions.ts';
import { judged, noText } from './judgeScore.ts';
import { materialOf } from './material.ts';
import { checkTexts } from './placeholders.ts';
import { closedQaTemplate, closedQaWithoutInput } from './templates/closedQa.ts';

const options = z.strictObject({
  criteria: z
    .string()
    .min(1)
    .describe(
      'The one criterion that the answer must meet, such as "names the price". Can contain variables: {{ name }}.',
    ),
  model: modelOption,
  rubricPrompt: rubricPromptOption.describe(
    'Your own question to the judge; contains {{ input }}, {{ criteria }} and {{ completion }}.',
  ),
});

const answer = z.object({ reason: z.string().trim().min(1), answer: z.enum(['Y', 'N']) });

export const closedQa: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'closed-qa',
  stage: 'judge',
  summary: 'A model decides, with yes or no, whether the answer meets one criterion.',
  options,
  shorthand: 'criteria',
  // A yes or no has no threshold.
  fromAssertion: ({ threshold: _, ...parts }) => assertionAs('criteria')(parts),
  create(spec, { criteria, model, rubricPrompt }, deps) {
    const client = judgeClient(model, spec, deps);
    checkTexts(spec, criteria, rubricPrompt);

    return async (input, context) => {
      const material = materialOf(input);
      const built = judgeMessages({
        template: material.has('input') ? closedQaTemplate : closedQaWithoutInput,
        custom: rubricPrompt,
        instructions: { criteria },
        material,
        random: deps.random,
      });
      if ('missing' in built) return noText(built.missing);

      const asked = await askJudge(client, { name: 'decision', ...built, answer }, context);
      if (asked.status === 'failed') return unanswered(asked);

      const score = asked.answer.answer === 'Y' ? 1 : 0;
      const detail = { judge: `${client.provider}/${client.model}` };

      return judged({ score, threshold: undefined, reason: asked.answer.reason, detail }, asked.calls);
    };
  },
};
