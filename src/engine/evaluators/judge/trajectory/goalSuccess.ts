import { z } from 'zod';
import { isJsonObject } from '../../../model/json.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { hasSteps, NO_STEPS } from '../../heuristic/tools/trajectory.ts';
import { askJudge, unanswered } from '../askJudge.ts';
import { judgeMessages } from '../judgeMessages.ts';
import {
  assertionAs,
  judgeClient,
  modelOption,
  rubricPromptOption,
  thresholdOption,
} from '../judgeOptions.ts';
import { judged, noText, notAsked } from '../judgeScore.ts';
import { materialOf } from '../material.ts';
import { checkTexts } from '../placeholders.ts';
import { goalSuccessTemplate } from '../templates/goalSuccess.ts';
import { trajectorySummary } from './trajectorySummary.ts';

const options = z.strictObject({
  goal: z
    .string()
    .trim()
    .min(1)
    .describe(
      'What the agent should achieve, in plain words. Can contain variables of the case: {{ name }}.',
    ),
  model: modelOption,
  threshold: thresholdOption.describe(
    'Minimum score for a pass, 0–1, in addition to the judge’s own pass. Default: the judge’s own pass alone.',
  ),
  rubricPrompt: rubricPromptOption.describe(
    'Your own question to the judge; contains {{ goal }}, {{ trajectory }} and {{ output }}.',
  ),
});

const form = z.object({ reason: z.string().trim().min(1), pass: z.boolean(), score: z.number() });
/** A judge that only says whether the goal was reached has said enough. */
const answer = form.partial({ reason: true, score: true });

export const goalSuccess: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'trajectory:goal-success',
  stage: 'judge',
  summary: "A model judges, from the agent's steps and its output, whether the agent reached the goal.",
  options,
  shorthand: 'goal',
  fromAssertion: ({ value, ...parts }) => {
    const goal = isJsonObject(value) ? value['goal'] : value;
    return assertionAs('goal')(goal === undefined ? parts : { ...parts, value: goal });
  },
  create(spec, { goal, model, threshold, rubricPrompt }, deps) {
    const client = judgeClient(model, spec, deps);
    checkTexts(spec, goal, rubricPrompt);

    return async (input, context) => {
      if (!hasSteps(input.output)) return notAsked(NO_STEPS);

      const built = judgeMessages({
        template: goalSuccessTemplate,
        custom: rubricPrompt,
        instructions: { goal },
        material: new Map([...materialOf(input), ['trajectory', trajectorySummary(input.output)]]),
        random: deps.random,
      });
      if ('missing' in built) return noText(built.missing);

      const question = { name: 'goal', ...built, answer, form };
      const asked = await askJudge(client, question, context);
      if (asked.status === 'failed') return unanswered(asked);

      const { calls } = asked;
      const {
        pass,
        score = pass ? 1 : 0,
        reason = `the goal was ${pass ? '' : 'not '}reached`,
      } = asked.answer;
      if (score < 0 || score > 1) {
        return unanswered({ reason: `the judge's score ${score} is not between 0 and 1`, calls });
      }
      if (score === (pass ? 0 : 1)) {
        const problem = `the judge contradicts itself: score ${score}, but pass is ${pass}`;
        return unanswered({ reason: problem, calls });
      }

      const detail = { judge: `${client.provider}/${client.model}` };
      const verdict = judged({ score, threshold: threshold ?? 0, reason, detail }, calls);

      return pass || verdict.status !== 'scored' ? verdict : { ...verdict, pass: false };
    };
  },
};
