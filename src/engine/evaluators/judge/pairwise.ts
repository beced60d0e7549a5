import { z } from 'zod';
import type { JsonObject } from '../../model/json.ts';
import type { ModelClient } from '../../models/modelClient.ts';
import type { Random } from '../../ports.ts';
import type { EvaluationContext, EvaluationInput, EvaluatorDefinition } from '../evaluator.ts';
import { notApplicable, unmeasured } from '../score.ts';
import { type Asked, askJudge, unanswered } from './askJudge.ts';
import { judgeMessages } from './judgeMessages.ts';
import { assertionAs, judgeClient, modelOption, thresholdOption } from './judgeOptions.ts';
import { judged, noText } from './judgeScore.ts';
import { type Material, materialOf, outputText } from './material.ts';
import { checkTexts } from './placeholders.ts';
import { pairwiseTemplate, pairwiseWithInput } from './templates/pairwise.ts';

const options = z.strictObject({
  criteria: z
    .string()
    .min(1)
    .default('Which answer is more correct, complete and helpful?')
    .describe('Criteria for the better answer. Default: the more correct, complete and helpful one.'),
  against: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The opponent: the name of another target, or "expected" for the expected answer of the case. Default: the only other target, or else the expected answer.',
    ),
  model: modelOption,
  threshold: thresholdOption.describe(
    'Minimum score for a pass: a win is 1, a tie 0.5, a loss 0. Default: 0.5.',
  ),
});

const answer = z.object({ reason: z.string().trim().min(1), winner: z.enum(['A', 'B', 'tie']) });
type PairAnswer = z.infer<typeof answer>;
type Outcome = 'win' | 'tie' | 'loss';
const SCORES = { win: 1, tie: 0.5, loss: 0 } as const;

/** Judges prefer a position. Each pair is therefore asked in both orders, and a disagreement is a tie. */
export const pairwise: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'pairwise',
  stage: 'judge',
  summary: 'A model chooses between the output and an opponent; it is asked in both orders.',
  options,
  shorthand: 'criteria',
  fromAssertion: assertionAs('criteria'),
  compares: ({ against }) => against !== 'expected',
  create(spec, { criteria, against, model, threshold }, deps) {
    const client = judgeClient(model, spec, deps);
    checkTexts(spec, criteria);

    return async (input, context) => {
      const opponent = opponentOf(input, against);
      if ('status' in opponent) return opponent;

      const match: Match = {
        client,
        random: deps.random,
        criteria,
        material: materialOf(input),
        own: outputText(input.output),
        other: opponent.text,
      };
      const first = await compare(match, 'own-first', context);
      if ('missing' in first) return noText(first.missing);
      if (first.status === 'failed') return unanswered(first);

      const second = await compare(match, 'other-first', context);
      if ('missing' in second) return noText(second.missing);

      const calls = [...first.calls, ...second.calls];
      if (second.status === 'failed') return unanswered({ reason: second.reason, calls });

      const orders = [outcomeOf(first.answer, 'A'), outcomeOf(second.answer, 'B')] as const;
      const outcome = orders[0] === orders[1] ? orders[0] : 'tie';
      const detail: JsonObject = {
        judge: `${client.provider}/${client.model}`,
        opponent: opponent.name,
        outcome,
        orders: [...orders],
      };
      const reason = reasonOf(outcome, orders, [first.answer.reason, second.answer.reason]);

      return judged({ score: SCORES[outcome], threshold: threshold ?? 0.5, reason, detail }, calls);
    };
  },
};

interface Match {
  client: ModelClient;
  random: Random;
  criteria: string;
  material: Material;
  own: string;
  other: string;
}

function opponentOf({ case: golden, others: given }: EvaluationInput, against: string | undefined) {
  const others = given ?? [];
  const expected = golden.expected_output?.answer;
  if (against !== undefined && against !== 'expected') {
    const other = others.find(({ target }) => target === against);
    if (other) return { name: against, text: outputText(other.output) };
    return unmeasured(`the target "${against}" has no complete output to compare with`);
  }
  if (against === undefined && given?.length === 0) {
    return unmeasured('no other target returned a complete output to compare with');
  }

  const [only, another] = others;
  if (against === undefined && another) {
    return unmeasured('there are several other targets: choose one with "against"');
  }
  if (against === undefined && only) return { name: only.target, text: outputText(only.output) };
  if (expected !== undefined) return { name: 'expected', text: expected };

  return notApplicable('there is neither another target nor an expected answer to compare with');
}

function compare(
  { client, random, criteria, material, own, other }: Match,
  order: 'own-first' | 'other-first',
  context: EvaluationContext,
): Promise<Asked<PairAnswer> | { missing: string }> {
  const [a, b] = order === 'own-first' ? [own, other] : [other, own];
  const built = judgeMessages({
    template: material.has('input') ? pairwiseWithInput : pairwiseTemplate,
    instructions: { criteria },
    material: new Map([...material, ['answer_a', a], ['answer_b', b]]),
    random,
  });
  if ('missing' in built) return Promise.resolve(built);
  return askJudge(client, { name: 'choice', ...built, answer }, context);
}

function outcomeOf({ winner }: PairAnswer, own: 'A' | 'B'): Outcome {
  if (winner === 'tie') return 'tie';
  return winner === own ? 'win' : 'loss';
}

function reasonOf(outcome: Outcome, orders: readonly Outcome[], reasons: readonly [string, string]): string {
  const head = orders[0] === orders[1] ? outcome : 'tie, because the two orders disagree';
  return `${head}; first: ${reasons[0]}; second, with the answers swapped: ${reasons[1]}`;
}
