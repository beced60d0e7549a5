import { z } from 'zod';
import { defined } from '../../model/defined.ts';

/** How much a suite may spend, in US dollars; an absent key does not limit. */
export interface BudgetConfig {
  /** By one run, over all its attempts. */
  perRun?: number;
  /** By all runs of the workspace on one day (UTC). */
  perDay?: number;
}

const dollars = z.number().positive();

export const budgetFile = z
  .strictObject({
    max_cost_usd_per_run: dollars
      .optional()
      .describe(
        'Maximum cost of one run in US dollars, judges included. The run then stops and can be resumed.',
      ),
    max_cost_usd_per_day: dollars
      .optional()
      .describe('Maximum cost of all runs of the workspace on one day (UTC), in US dollars.'),
  })
  .describe('Hard spending limits. A run stops before it exceeds one of them.');

export const tokenBudgetsFile = z
  .enum(['off', 'adaptive'])
  .default('off')
  .describe(
    'adaptive: each call of a prompt gets an output limit that depends on the complexity of its case (simple 1,000, medium 3,000, complex 8,000 tokens), which adapts to what such cases use.',
  );

export function toBudget(file: z.output<typeof budgetFile>): BudgetConfig {
  return {
    ...defined({ perRun: file.max_cost_usd_per_run, perDay: file.max_cost_usd_per_day }),
  };
}
