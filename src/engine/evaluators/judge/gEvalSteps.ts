import { z } from 'zod';
import type { ModelClient } from '../../models/modelClient.ts';
import type { Random } from '../../ports.ts';
import type { EvaluationContext } from '../evaluator.ts';
import { type Asked, askJudge } from './askJudge.ts';
import { judgeMessages } from './judgeMessages.ts';
import { gEvalStepsTemplate } from './templates/gEval.ts';

/** The grading steps of one criterion. */
export interface StepCache {
  /** Whoever asks first pays; everybody else gets the same steps for nothing. */
  get(context: EvaluationContext): Promise<Asked<string[]> | { missing: string }>;
}

const answer = z.object({ steps: z.array(z.string().trim().min(1)).min(1) });

/**
 * Asks for the steps once and keeps them. A failure is not kept: the next evaluation asks again. The criteria
 * go in unfilled, so that the steps serve every case, whatever its variables.
 */
export function createStepCache(
  client: ModelClient,
  criteria: string,
  custom: string | undefined,
  random: Random,
): StepCache {
  let known: string[] | undefined;
  let pending: Promise<void> | undefined;

  const ask = async (context: EvaluationContext) => {
    const literals = { criteria };
    const built = judgeMessages({
      template: gEvalStepsTemplate,
      custom,
      literals,
      material: new Map(),
      random,
    });
    if ('missing' in built) return built;

    const asked = await askJudge(client, { name: 'steps', ...built, answer }, context);
    if (asked.status === 'failed') return asked;

    known = asked.answer.steps;
    return { ...asked, answer: known };
  };

  return {
    get: async (context) => {
      // Someone else is asking: wait for them, but ask ourselves if they fail or are cancelled.
      while (known === undefined && pending !== undefined) {
        await pending;
      }

      if (known !== undefined) return { status: 'answered', answer: known, calls: [] };

      const asking = ask(context);
      pending = asking.then(
        () => {},
        () => {},
      );

      try {
        return await asking;
      } finally {
        pending = undefined;
      }
    },
  };
}
