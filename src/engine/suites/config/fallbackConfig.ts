import { z } from 'zod';
import { FALLBACK_CAUSES } from '../../model/replySource.ts';
import type { FallbackStep, FallbacksConfig } from '../../models/fallbacks/config.ts';

const STORES = ['cache', 'similar'] as const;

const stepFile = z
  .union([
    z.enum(STORES),
    z.string().min(1),
    z.strictObject({ answer: z.string().min(1).describe('A fixed answer.') }),
  ])
  .describe(
    'cache: the stored reply to the same request. similar: to a similar one. provider/model: another model. { answer: … }: a fixed answer.',
  );

const stepsFile = z.array(stepFile);

const chainFile = z.strictObject({
  steps: stepsFile.describe('What is tried, in this order.'),
  on: z
    .array(z.enum(FALLBACK_CAUSES))
    .min(1)
    .optional()
    .describe(
      'After which outcomes of a call: transient (errors of the provider), rate-limited (HTTP 429), overloaded, spent (nothing left of the quota or credit), rejected (by a breaker, bulkhead or budget). Default: all of them.',
    ),
});

export const fallbacksFile = z
  .record(z.string().min(1), z.union([stepsFile, chainFile]))
  .describe(
    'What answers when a model does not, by target, model (provider/model) or provider; the most specific entry counts. A list of steps, or { steps, on }. Such answers are marked and are not scored as those of the target.',
  );

export type FallbacksFile = z.output<typeof fallbacksFile>;

export function toFallbacks(file: FallbacksFile): FallbacksConfig {
  return Object.fromEntries(
    Object.entries(file).map(([name, chain]) => {
      const { steps, on } = Array.isArray(chain) ? { steps: chain, on: undefined } : chain;
      return [name, { steps: steps.map(toStep), on: on ?? FALLBACK_CAUSES }];
    }),
  );
}

export function toStep(file: z.output<typeof stepFile>): FallbackStep {
  if (typeof file !== 'string') return { kind: 'fixed', answer: file.answer };
  return file === 'cache' || file === 'similar' ? { kind: file } : { kind: 'model', reference: file };
}
