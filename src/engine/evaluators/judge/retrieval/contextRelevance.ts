import { z } from 'zod';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { unanswered } from '../askJudge.ts';
import { askForText } from '../askText.ts';
import { assertionAs, judgeClient, modelOption, rubricPromptOption } from '../judgeOptions.ts';
import { judged, noText, notAsked } from '../judgeScore.ts';
import { materialOf } from '../material.ts';
import { checkTexts } from '../placeholders.ts';
import { askedQuestion, queryOption } from './askedQuestion.ts';
import { neededSentences } from './neededSentences.ts';
import { retrievalThreshold } from './retrievalOptions.ts';
import { contextReader, contextShape } from './retrievedContext.ts';
import { contextRelevanceTemplate } from './templates/contextRelevance.ts';

const options = z.strictObject({
  query: queryOption,
  ...contextShape,
  model: modelOption,
  threshold: retrievalThreshold.describe(
    'Minimum share of the context for a pass, 0–1: of its passages if it is a list, of its lines or sentences if it is a string. Default: 0.5.',
  ),
  rubricPrompt: rubricPromptOption.describe(
    'Your own question to the judge; contains {{ query }} and {{ context }}. The answer consists of sentences of the context.',
  ),
});

/** Context relevance of Ragas as promptfoo measures it. */
export const contextRelevance: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'context-relevance',
  stage: 'judge',
  summary:
    'The share of the context that the question needs. Shows whether only the right passages were found.',
  options,
  shorthand: 'context',
  fromAssertion: assertionAs(undefined),
  create(spec, { query, context: given, contextTransform, model, threshold, rubricPrompt }, deps) {
    const client = judgeClient(model, spec, deps);
    checkTexts(spec, query, rubricPrompt);
    const readContext = contextReader(spec, { context: given, contextTransform }, deps);

    return async (input, context) => {
      const question = askedQuestion(spec.type, query, input);
      if ('missing' in question) return notAsked(question.missing);

      const found = await readContext(input, context);
      if ('missing' in found) return notAsked(found.missing);

      const material = new Map([
        ...materialOf(input),
        ['query', question.text],
        ['question', question.text],
        ['context', found.text],
      ]);
      const asked = await askForText(
        client,
        { template: contextRelevanceTemplate, custom: rubricPrompt, material, random: deps.random },
        context,
        (answer) => neededSentences(answer, found),
      );
      if ('missing' in asked) return noText(asked.missing);
      if (asked.status === 'failed') return unanswered(asked);

      const needed = neededSentences(asked.answer, found);
      if ('problem' in needed) return unanswered({ reason: needed.problem, calls: asked.calls });

      const { count, total } = needed;
      const reason = `${count} of ${total} parts of the context are needed for the question`;
      const detail = { judge: `${client.provider}/${client.model}`, extracted: asked.answer };

      return judged({ score: count / total, threshold, reason, detail }, asked.calls);
    };
  },
};
