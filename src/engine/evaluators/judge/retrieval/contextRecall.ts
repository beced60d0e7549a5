import { z } from 'zod';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { notApplicable } from '../../score.ts';
import { unanswered } from '../askJudge.ts';
import { askForText } from '../askText.ts';
import { assertionAs, judgeClient, modelOption, rubricPromptOption } from '../judgeOptions.ts';
import { judged, noText, notAsked } from '../judgeScore.ts';
import { materialOf } from '../material.ts';
import { checkTexts, fillPlaceholders, placeholderNames } from '../placeholders.ts';
import { attributions } from './attributions.ts';
import { retrievalThreshold } from './retrievalOptions.ts';
import { contextReader, contextShape } from './retrievedContext.ts';
import { contextRecallTemplate } from './templates/contextRecall.ts';

const options = z.strictObject({
  expected: z
    .string({ error: 'it must be a string, which an assertion sets as its "value"' })
    .min(1)
    .optional()
    .describe(
      'What the context should contain; can contain variables: {{ name }}. Default: expected_output.answer of the case; skipped if there is none.',
    ),
  ...contextShape,
  model: modelOption,
  threshold: retrievalThreshold.describe('Minimum share of sentences for a pass, 0–1. Default: 0.5.'),
  rubricPrompt: rubricPromptOption.describe(
    'Your own question to the judge; contains {{ context }} and {{ groundTruth }}. The answer is [Attributed] or [Not Attributed] on each line.',
  ),
});

/** Context recall of Ragas as promptfoo measures it. */
export const contextRecall: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'context-recall',
  stage: 'judge',
  summary:
    'The share of the expected answer that the context contains. Shows whether the right passages were found.',
  options,
  shorthand: 'expected',
  // promptfoo asks for a value; without one there is nothing to measure, and that is said.
  fromAssertion: (parts) => ({ expected: null, ...assertionAs('expected')(parts) }),
  create(spec, { expected, context: given, contextTransform, model, threshold, rubricPrompt }, deps) {
    const client = judgeClient(model, spec, deps);
    checkTexts(spec, expected, rubricPrompt);
    const readContext = contextReader(
      spec,
      { context: given, contextTransform },
      deps,
      ({ output }) => output.raw?.prompt,
    );

    return async (input, context) => {
      const material = new Map(materialOf(input));
      const truth = expected ?? input.case.expected_output?.answer;
      if (truth === undefined) return notApplicable('the case has no expected answer');

      const missing =
        expected === undefined ? undefined : placeholderNames(expected).find(isUnknown(material));
      if (missing !== undefined) return noText(missing);

      const retrieved = await readContext(input, context);
      if ('missing' in retrieved) return notAsked(retrieved.missing);

      const filled = expected === undefined ? truth : fillPlaceholders(truth, material);
      material.set('context', retrieved.text);
      for (const name of ['groundTruth', 'ground_truth']) material.set(name, filled);
      const asked = await askForText(
        client,
        { template: contextRecallTemplate, custom: rubricPrompt, material, random: deps.random },
        context,
        (answer) => attributions(answer, filled),
      );
      if ('missing' in asked) return noText(asked.missing);
      if (asked.status === 'failed') return unanswered(asked);

      const found = attributions(asked.answer, filled);
      if ('problem' in found) return unanswered({ reason: found.problem, calls: asked.calls });

      const { attributed, total } = found;
      const reason = `the context supports ${attributed} of ${total} sentences of the expected answer`;
      const detail = { judge: `${client.provider}/${client.model}`, classification: asked.answer };

      return judged({ score: attributed / total, threshold, reason, detail }, asked.calls);
    };
  },
};

function isUnknown(material: ReadonlyMap<string, string>): (name: string) => boolean {
  return (name) => !material.has(name);
}
