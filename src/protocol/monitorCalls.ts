import * as z from 'zod';
import { textEdit } from './datasetCalls.ts';

/** Monitors of the configuration, as it stands in the editor. Writing is the editor's. */
export const monitorCalls = {
  /** What a monitor can be made of. */
  'monitor/choices': {
    params: z.strictObject({}),
    result: z.object({
      /** Of the monitors that there are. */
      names: z.array(z.string()),
      /** Suites with evaluators that can be used on live spans. */
      suites: z.array(
        z.object({
          name: z.string(),
          evaluators: z.array(
            z.object({
              /** Its place in the suite's list, from 0. */
              at: z.int(),
              name: z.string(),
              type: z.string(),
              /** Why it cannot be used; null where it can. */
              unfit: z.string().nullable(),
            }),
          ),
        }),
      ),
      /** Services whose spans were received. */
      services: z.array(z.string()),
    }),
  },
  /** What adds a monitor to the configuration. Writes nothing. */
  'monitor/add': {
    params: z.strictObject({
      /** The configuration as it stands in the editor. */
      text: z.string(),
      name: z.string().min(1).max(200),
      match: z.record(z.string(), z.string()),
      share: z.number().min(0).max(1),
      suite: z.string().min(1),
      evaluators: z.array(z.int().min(0)).min(1),
    }),
    /** `line` of the monitor once they are made, from 1. */
    result: z.object({ edits: z.array(textEdit), line: z.int() }),
  },
};
