import { z } from 'zod';
import { ConfigError } from '../../errors.ts';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { askJudge, unanswered } from './askJudge.ts';
import { judgeMessages } from './judgeMessages.ts';
import { judgeClient, modelOption, thresholdOption } from './judgeOptions.ts';
import { judged, noText } from './judgeScore.ts';
import { materialOf } from './material.ts';
import { checkTexts } from './placeholders.ts';
import { choiceForm, choiceSystem } from './templates/choiceJudge.ts';

const choice = z.strictObject({
  choice: z
    .union([z.string().trim().min(1), z.number()])
    .describe('An answer of the judge, such as "good" or 5.'),
  score: z.number().min(0).max(1).describe('Score of that answer, 0–1.'),
});

const options = z.strictObject({
  prompt: z
    .string()
    .min(1)
    .describe(
      'The question to the judge; can contain {{ input }}, {{ completion }}, {{ expected }} and variables.',
    ),
  system: z.string().min(1).optional().describe('System message that tells the judge its role.'),
  choices: z.array(choice).min(2).describe('The answers that the judge can choose from.'),
  model: modelOption,
  threshold: thresholdOption.describe('Minimum score for a pass, 0–1. Default: anything above 0.'),
});

/** The `llm` evaluator of GitHub Models' prompt files. */
export const choiceJudge: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'choice-judge',
  stage: 'judge',
  summary:
    'A model answers a question about the output with one of several choices, each of which has a score.',
  options,
  create(spec, { prompt, system, choices, model, threshold }, deps) {
    const client = judgeClient(model, spec, deps);
    checkTexts(spec, prompt);
    checkTexts(spec, system);
    const scores = new Map(choices.map((one) => [String(one.choice), one.score]));
    const [first, ...rest] = scores.keys();
    if (first === undefined || scores.size < choices.length) {
      throw new ConfigError(`${spec.type}: two choices are the same`, {
        where: spec.location,
        remedy: 'Make each choice different.',
      });
    }

    const answer = z.object({ reason: z.string().trim().min(1), choice: z.enum([first, ...rest]) });
    const template = { system: choiceSystem, user: prompt, form: choiceForm([first, ...rest]) };

    return async (input, context) => {
      const custom = system === undefined ? undefined : chat(system, prompt);
      const built = judgeMessages({ template, custom, material: materialOf(input), random: deps.random });
      if ('missing' in built) return noText(built.missing);
      const asked = await askJudge(client, { name: 'choice', ...built, answer }, context);
      if (asked.status === 'failed') return unanswered(asked);
      const { choice: chosen, reason } = asked.answer;
      const score = scores.get(chosen) ?? 0;
      const detail = { judge: `${client.provider}/${client.model}`, choice: chosen };
      return judged({ score, threshold, reason, detail }, asked.calls);
    };
  },
};

function chat(system: string, prompt: string) {
  return [
    { role: 'system' as const, content: system },
    { role: 'user' as const, content: prompt },
  ];
}
