import * as z from 'zod';
import { begunComparison } from './compareCalls.ts';

export const verifyCalls = {
  /**
   * Runs the suites of a prompt with two texts of it and compares; the files stay as they are. One comparison
   * for each suite and dataset; the rest is told by the events of comparisons.
   */
  'compress/verify': {
    params: z.strictObject({
      /** Absolute, or relative to the workspace. */
      path: z.string().min(1),
      before: z.string(),
      after: z.string(),
      /** `provider/model` that stands in for the targets' own; null for the latter. */
      model: z.string().nullable(),
      scripts: z.boolean().default(false),
    }),
    result: z.object({ comparisons: z.array(begunComparison).min(1) }),
  },
};
