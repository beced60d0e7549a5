import { z } from 'zod';
import type { Score } from '../../model/evaluation.ts';
import type { ModelClient } from '../../models/modelClient.ts';
import type { Random } from '../../ports.ts';
import type { EvaluationContext, EvaluationInput, EvaluatorDefinition } from '../evaluator.ts';
import { unmeasured } from '../score.ts';
import { askJudge } from './askJudge.ts';
import { judgeMessages } from './judgeMessages.ts';
import { assertionAs, judgeClient, modelOption, thresholdOption } from './judgeOptions.ts';
import { judged, noText } from './judgeScore.ts';
import { materialOf, outputText } from './material.ts';
import { checkTexts } from './placeholders.ts';
import type { Paid } from './spending.ts';
import { spendingOf } from './spending.ts';
import { selectBestTemplate } from './templates/selectBest.ts';

const options = z.strictObject({
  criteria: z
    .string()
    .min(1)
    .describe('Criteria for the best answer, in plain words. Can contain variables of the case: {{ name }}.'),
  model: modelOption,
  threshold: thresholdOption.describe(
    'Minimum score for a pass: the best has 1, two that share first place 0.5, all others 0. Default: 0.5.',
  ),
});

/** Groups whose choice is kept until their last target has been told. */
const MAX_KEPT = 64;

/**
 * A model chooses the best output of all targets of the suite. Judges prefer a position, so it is asked twice,
 * in opposite orders; two different choices share the first place. The choice is made once for a (case,
 * trial); the first target that is evaluated shows its cost, the others cost nothing.
 */
export const selectBest: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'select-best',
  stage: 'judge',
  summary: 'A model chooses the best output among all targets of the suite; it is asked in two orders.',
  options,
  shorthand: 'criteria',
  fromAssertion: assertionAs('criteria'),
  compares: () => true,
  create(spec, { criteria, model, threshold }, deps) {
    const client = judgeClient(model, spec, deps);
    checkTexts(spec, criteria);
    const choices = new Map<string, Promise<Choice>>();

    return async (input, context) => {
      const candidates = candidatesOf(input);
      if (typeof candidates === 'string') return unmeasured(candidates);

      const key = JSON.stringify([input.case.id, context.trial, candidates]);
      for (;;) {
        const known = choices.get(key);
        const contest = { client, random: deps.random, criteria, candidates, input };
        const choosing = known ?? choose(contest, context);
        choices.set(key, choosing);
        const [oldest] = choices.keys();
        if (choices.size > MAX_KEPT && oldest !== undefined) choices.delete(oldest);

        try {
          const choice = await choosing;
          return scoreOf(choice, input.target ?? '', threshold ?? 0.5, known ? FREE : choice.calls);
        } catch (error) {
          if (choices.get(key) === choosing) choices.delete(key);
          // Another target was asking, and failed or was cancelled: this one asks for itself.
          if (!known || context.signal.aborted) throw error;
        }
      }
    };
  },
};

/** What the choice costs those that did not ask for it. */
const FREE: readonly Paid[] = [{ usage: { inputTokens: 0, outputTokens: 0 }, costUsd: 0 }];

interface Candidate {
  target: string;
  text: string;
}

type Choice = { calls: Paid[] } & (
  | { status: 'chosen'; best: [string, string]; reasons: [string, string]; judge: string }
  | { status: 'failed'; reason: string }
  | { status: 'missing'; name: string }
);

interface Contest {
  client: ModelClient;
  random: Random;
  criteria: string;
  candidates: readonly Candidate[];
  input: EvaluationInput;
}

/** All complete outputs in the order of their targets' names; or why there is nothing to choose. */
function candidatesOf({ target, output, others }: EvaluationInput): Candidate[] | string {
  if (target === undefined || others === undefined) {
    return 'select-best compares targets, but there is only one';
  }
  if (others.length === 0) return 'no other target returned a complete output to compare with';
  return [{ target, output }, ...others]
    .map((one) => ({ target: one.target, text: outputText(one.output) }))
    .sort((a, b) => (a.target < b.target ? -1 : 1));
}

async function choose(contest: Contest, context: EvaluationContext): Promise<Choice> {
  const judge = `${contest.client.provider}/${contest.client.model}`;
  const first = await ask(contest, contest.candidates, context);
  if (first.status !== 'picked') return first;

  const second = await ask(contest, contest.candidates.toReversed(), context);
  const calls = [...first.calls, ...second.calls];
  if (second.status !== 'picked') return { ...second, calls };

  return {
    status: 'chosen',
    best: [first.target, second.target],
    reasons: [first.reason, second.reason],
    judge,
    calls,
  };
}

async function ask(
  { client, random, criteria, input }: Contest,
  order: readonly Candidate[],
  context: EvaluationContext,
) {
  const material = materialOf(input);
  // The output under evaluation has no say of its own: it is one of the answers.
  const task = new Map([...material].filter(([name]) => !OUTPUT_NAMES.has(name)));
  const built = judgeMessages({
    template: selectBestTemplate(order.length, task.has('input')),
    instructions: { criteria },
    material: new Map([...task, ...order.map(({ text }, index) => [`answer_${index + 1}`, text] as const)]),
    random,
  });
  if ('missing' in built) return { status: 'missing' as const, name: built.missing, calls: [] };

  const answer = z.object({
    reason: z.string().trim().min(1),
    best: z.number().int().min(1).max(order.length),
  });
  const asked = await askJudge(client, { name: 'best', ...built, answer }, context);
  if (asked.status === 'failed') return asked;

  const { best, reason } = asked.answer;
  return { status: 'picked' as const, target: order[best - 1]?.target ?? '', reason, calls: asked.calls };
}

/** Names under which `materialOf` gives the output that is being evaluated. */
const OUTPUT_NAMES: ReadonlySet<string> = new Set(['output', 'completion', 'submission', 'response']);

function scoreOf(choice: Choice, target: string, threshold: number, calls: readonly Paid[]): Score {
  if (choice.status === 'missing') return noText(choice.name);
  if (choice.status === 'failed') return { ...unmeasured(choice.reason), ...spendingOf(calls) };
  const [first, second] = choice.best;
  const votes = choice.best.filter((best) => best === target).length;
  const outcome =
    first === second ? `the best is "${first}"` : `"${first}" and "${second}" share the first place`;
  const reason = `${outcome}; first: ${choice.reasons[0]}; second, in the opposite order: ${choice.reasons[1]}`;
  const detail = { judge: choice.judge, choices: [first, second] };
  return judged({ score: votes / 2, threshold, reason, detail }, calls);
}
