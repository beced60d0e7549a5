import { z } from 'zod';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { askJudge, unanswered } from '../askJudge.ts';
import { judgeMessages } from '../judgeMessages.ts';
import { assertionAs, judgeClient, modelOption, rubricPromptOption } from '../judgeOptions.ts';
import { judged, noText, notAsked } from '../judgeScore.ts';
import { materialOf } from '../material.ts';
import { checkTexts } from '../placeholders.ts';
import { type Paid, spendingOf } from '../spending.ts';
import { conversationRelevanceTemplate } from '../templates/conversationRelevance.ts';
import { type Exchange, exchangesOf } from './exchanges.ts';

const options = z.strictObject({
  windowSize: z
    .number()
    .int()
    .min(1)
    .default(5)
    .describe('How many exchanges the judge sees at once; the last one is judged. Default: 5.'),
  model: modelOption,
  threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Minimum share of relevant answers for a pass, 0–1. Default: 0.5.'),
  rubricPrompt: rubricPromptOption.describe('Your own question to the judge; contains {{ messages }}.'),
});

const form = z.object({ verdict: z.enum(['yes', 'no']), reason: z.string() });
const answer = form.partial({ reason: true });

/** DeepEval's measure as promptfoo has it: each answer is judged with the exchanges before it. */
export const conversationRelevance: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'conversation-relevance',
  stage: 'judge',
  summary: "The share of a conversation's answers that are relevant to what was said before.",
  options,
  fromAssertion: assertionAs(undefined),
  create(spec, { windowSize, model, threshold, rubricPrompt }, deps) {
    const client = judgeClient(model, spec, deps);
    checkTexts(spec, rubricPrompt);

    return async (input, context) => {
      const exchanges = exchangesOf(input);
      if (!exchanges) return notAsked('the case has neither messages nor an input, so there is no question');

      const calls: Paid[] = [];
      const problems: string[] = [];
      let relevant = 0;
      for (const [index] of exchanges.entries()) {
        const window = exchanges.slice(Math.max(0, index - windowSize + 1), index + 1);
        const built = judgeMessages({
          template: conversationRelevanceTemplate,
          custom: rubricPrompt,
          material: new Map([...materialOf(input), ['messages', messagesOf(window)]]),
          random: deps.random,
        });
        if ('missing' in built) return { ...noText(built.missing), ...spendingOf(calls) };

        const asked = await askJudge(client, { name: 'relevance', ...built, answer, form }, context);
        calls.push(...asked.calls);
        if (asked.status === 'failed') return unanswered({ reason: asked.reason, calls });

        const { verdict, reason = 'it is not relevant' } = asked.answer;
        if (verdict === 'yes') relevant += 1;
        else problems.push(`answer ${index + 1}: ${reason}`);
      }

      const reason = [`${relevant} of ${exchanges.length} answers are relevant`, ...problems].join('; ');
      const detail = { judge: `${client.provider}/${client.model}` };

      return judged({ score: relevant / exchanges.length, threshold, reason, detail }, calls);
    };
  },
};

function messagesOf(window: readonly Exchange[]): string {
  const messages = window.flatMap(({ user, assistant }) => [
    { role: 'user', content: user },
    { role: 'assistant', content: assistant },
  ]);
  return JSON.stringify(messages, null, 2);
}
