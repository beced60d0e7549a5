import { z } from 'zod';
import type { ModelClient } from '../../models/modelClient.ts';
import type { Random } from '../../ports.ts';
import type { EvaluationContext, EvaluationInput, EvaluatorDefinition } from '../evaluator.ts';
import { type Asked, askJudge, unanswered } from './askJudge.ts';
import { createStepCache, type StepCache } from './gEvalSteps.ts';
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
import { type Paid, spendingOf } from './spending.ts';
import { gEvalTemplate, gEvalWithoutInput } from './templates/gEval.ts';

const options = z.strictObject({
  criteria: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe(
      'The grading criteria, or a list of them; the score is then the mean. Can contain variables: {{ name }}.',
    ),
  model: modelOption,
  threshold: thresholdOption.describe(
    'Minimum score for a pass, 0–1. Default: min_accuracy of the case, or 0.7.',
  ),
  rubricPrompt: z
    .strictObject({
      steps: z
        .string()
        .min(1)
        .optional()
        .describe('Your own request for grading steps; contains {{ criteria }}.'),
      evaluate: rubricPromptOption.describe(
        'Your own question to the judge; contains {{ criteria }}, {{ steps }} and {{ output }}.',
      ),
    })
    .optional()
    .describe('Your own prompts instead of the built-in ones.'),
});

const MAX_SCORE = 10;
const answer = z.object({ reason: z.string().trim().min(1), score: z.number() });

/**
 * The judge first turns the criteria into steps, once for the suite, and then scores each output by them from
 * 0 to 10. The evaluation that asks for the steps bears their cost.
 */
export const gEval: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'g-eval',
  stage: 'judge',
  summary: 'A model derives grading steps from the criteria and grades each output by them.',
  options,
  shorthand: 'criteria',
  fromAssertion: assertionAs('criteria'),
  create(spec, { criteria, model, threshold, rubricPrompt }, deps) {
    const client = judgeClient(model, spec, deps);
    const texts = typeof criteria === 'string' ? [criteria] : criteria;
    checkTexts(spec, ...texts, rubricPrompt?.evaluate, rubricPrompt?.steps);
    const grader: Grader = {
      client,
      random: deps.random,
      custom: rubricPrompt?.evaluate,
    };
    const all = texts.map((text) => ({
      text,
      steps: createStepCache(client, text, rubricPrompt?.steps, deps.random),
    }));

    return async (input, context) => {
      const reasons: string[] = [];
      let sum = 0;
      const calls: Paid[] = [];
      for (const criterion of all) {
        const graded = await grade(criterion, grader, input, context);
        calls.push(...graded.calls);
        if ('missing' in graded) return { ...noText(graded.missing), ...spendingOf(calls) };
        if (graded.status === 'failed') return unanswered({ reason: graded.reason, calls });

        const { score, reason } = graded.answer;
        if (score < 0 || score > MAX_SCORE) {
          const problem = `the judge's score ${score} is not between 0 and ${MAX_SCORE}`;
          return unanswered({ reason: problem, calls });
        }

        sum += score / MAX_SCORE;
        reasons.push(reason);
      }

      const verdict = {
        score: sum / all.length,
        threshold: thresholdOf(threshold, input, 0.7),
        reason: reasons.join('\n'),
        detail: { judge: `${client.provider}/${client.model}` },
      };

      return judged(verdict, calls);
    };
  },
};

interface Grader {
  client: ModelClient;
  random: Random;
  custom: z.infer<typeof rubricPromptOption>;
}

interface Criterion {
  text: string;
  steps: StepCache;
}

async function grade(
  { text, steps: cache }: Criterion,
  { client, random, custom }: Grader,
  input: EvaluationInput,
  context: EvaluationContext,
): Promise<Asked<z.infer<typeof answer>> | { missing: string; calls: Paid[] }> {
  const { trial: _, ...shared } = context;
  const steps = await cache.get(shared);
  if ('missing' in steps) return { ...steps, calls: [] };
  if (steps.status === 'failed') return steps;

  const material = materialOf(input);
  const built = judgeMessages({
    template: material.has('input') ? gEvalTemplate : gEvalWithoutInput,
    custom,
    instructions: { criteria: text },
    literals: { steps: steps.answer.map((step) => `- ${step}`).join('\n'), maxScore: String(MAX_SCORE) },
    material,
    random,
  });
  if ('missing' in built) return { ...built, calls: steps.calls };

  const asked = await askJudge(client, { name: 'grade', ...built, answer, full: MAX_SCORE }, context);
  return { ...asked, calls: [...steps.calls, ...asked.calls] };
}
