import * as z from 'zod';

/** The first call of every connection; all others are refused before it. */
export const sessionCalls = {
  initialize: {
    params: z.strictObject({
      /** Absolute path of the workspace folder. */
      root: z.string().min(1),
      /** The configuration, relative to `root`; null for touchstone.yaml, or none at all. */
      config: z.string().nullable(),
      /** Whether the person trusts the workspace. Fixed for the life of the process. */
      trusted: z.boolean(),
      /** Whether `model/complete` and `secret/get` are answered. */
      bridge: z.boolean(),
    }),
    result: z.strictObject({
      pid: z.int(),
      /** The workspace as the window names it: the folder of the configuration where there is one. */
      root: z.string(),
    }),
  },
};
