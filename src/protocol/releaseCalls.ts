import * as z from 'zod';

/** Releases of the workspace: files that are shared by git. */
export const releaseCalls = {
  /** Writes `releases/NAME.yaml`, which must not exist. Fails where the run did not pass its gate. */
  'release/create': {
    params: z.strictObject({
      name: z.string().min(1).max(200),
      /** Relative to the workspace. */
      prompt: z.string().min(1),
      /** `provider/model`; null takes the one that the prompt file names. */
      model: z.string().min(1).nullable(),
      /** The run that approved it; null where none did. */
      run: z.string().min(1).nullable(),
    }),
    /** Relative to the workspace. */
    result: z.object({ path: z.string() }),
  },
  'release/names': { params: z.strictObject({}), result: z.object({ names: z.array(z.string()) }) },
};
