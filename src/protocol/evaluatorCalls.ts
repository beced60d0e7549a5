import * as z from 'zod';

/** As many differing outputs are sent; the most different come first. */
export const MOST_DIFFERENCES = 1_000;

const runId = z.string().min(1);

const judgement = z.object({ score: z.number(), pass: z.boolean(), reason: z.string() });

export const evaluatorCalls = {
  /**
   * The evaluators that scored anything in a stored run, and runs that judged the same outputs once more. With such a
   * run, `(verdict)` stands for all evaluators together.
   */
  'evaluators/list': {
    params: z.strictObject({ runId }),
    result: z.object({ names: z.array(z.string()), again: z.array(z.string()) }),
  },
  /** How two evaluators of a stored run agree, or one with itself in a run that judged the same outputs once more. */
  'evaluators/study': {
    params: z.strictObject({
      runId,
      first: z.string(),
      second: z.string(),
      again: z.string().exactOptional(),
      /** Agreement that calibrated thresholds must keep, 0–1. */
      agreement: z.number().min(0).max(1),
    }),
    result: z.object({
      /** The figures, for a person. */
      markdown: z.string(),
      /** Outputs on which they differ, the most different first. */
      differences: z.array(
        z.object({
          target: z.string(),
          caseId: z.string(),
          trial: z.int(),
          first: judgement,
          second: judgement,
        }),
      ),
      /** All of them, where not all are sent. */
      count: z.int(),
    }),
  },
};

export type EvaluatorDifferenceEntry = z.output<
  (typeof evaluatorCalls)['evaluators/study']['result']
>['differences'][number];
