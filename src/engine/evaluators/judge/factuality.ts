import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { notApplicable } from '../score.ts';
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
import { checkTexts, fillPlaceholders, placeholderNames } from './placeholders.ts';
import { factualityTemplate, factualityWithInput } from './templates/factuality.ts';

const share = z.number().min(0).max(1);

/** Scores by category. promptfoo's defaults; autoevals has 0.4, 0.6, 1, 0 and 1. */
const scores = z.strictObject({
  subset: share.default(1).describe('A: the answer says less than the expert and agrees. Default: 1.'),
  superset: share.default(1).describe('B: the answer says more than the expert and agrees. Default: 1.'),
  agree: share.default(1).describe('C: the answer says the same. Default: 1.'),
  disagree: share.default(0).describe('D: the answer disagrees on a fact. Default: 0.'),
  differButFactual: share
    .default(1)
    .describe('E: the answer differs in ways that do not matter. Default: 1.'),
});

const options = z.strictObject({
  expected: z
    .string()
    .min(1)
    .optional()
    .describe("The expert's answer. Default: expected_output.answer of the case; skipped if there is none."),
  scores: scores
    .prefault({})
    .describe(
      'Score for each way in which an answer can relate to the expert’s, 0–1. The keys are subset (says less), superset (says more), agree, disagree and differButFactual (differs only in ways that do not matter).',
    ),
  model: modelOption,
  threshold: thresholdOption.describe(
    'Minimum score for a pass, 0–1. Default: min_accuracy of the case, or anything above 0.',
  ),
  rubricPrompt: rubricPromptOption.describe(
    'Your own question to the judge; contains {{ input }}, {{ ideal }} and {{ completion }}.',
  ),
});

const CATEGORIES = {
  A: 'subset',
  B: 'superset',
  C: 'agree',
  D: 'disagree',
  E: 'differButFactual',
} as const;

const answer = z.object({
  reason: z.string().trim().min(1),
  category: z.enum(['A', 'B', 'C', 'D', 'E']),
});

export const factuality: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'factuality',
  stage: 'judge',
  summary: 'A model compares the facts of the output with those of an expected answer.',
  options,
  shorthand: 'expected',
  fromAssertion: assertionAs('expected'),
  create(spec, { expected, scores: table, model, threshold, rubricPrompt }, deps) {
    const client = judgeClient(model, spec, deps);
    checkTexts(spec, expected, rubricPrompt);

    return async (input, context) => {
      const material = new Map(materialOf(input));
      // An expected answer in the options may name variables, which are data like itself: no fence is needed
      // around each of them, but one around the whole.
      if (expected !== undefined) {
        const filled = fillExpected(expected, material);
        if ('missing' in filled) return noText(filled.missing);
        for (const name of ['expected', 'reference']) material.set(name, filled.text);
      }

      if (!material.has('expected')) return notApplicable('the case has no expected answer');

      material.set('ideal', material.get('expected') ?? '');
      const built = judgeMessages({
        template: material.has('input') ? factualityWithInput : factualityTemplate,
        custom: rubricPrompt,
        material,
        random: deps.random,
      });
      if ('missing' in built) return noText(built.missing);

      const asked = await askJudge(client, { name: 'comparison', ...built, answer }, context);
      if (asked.status === 'failed') return unanswered(asked);

      const { category, reason } = asked.answer;
      const least = thresholdOf(threshold, input, undefined);
      const detail = { judge: `${client.provider}/${client.model}`, category };

      return judged({ score: table[CATEGORIES[category]], threshold: least, reason, detail }, asked.calls);
    };
  },
};

function fillExpected(
  expected: string,
  material: ReadonlyMap<string, string>,
): { text: string } | { missing: string } {
  const missing = placeholderNames(expected).find((name) => !material.has(name));
  return missing === undefined ? { text: fillPlaceholders(expected, material) } : { missing };
}
