import * as z from 'zod';

/** Releases of the workspace: files that are shared by git. */
export const releaseCalls = {
  /** Writes `releases/NAME.yaml`, which must not exist. Fails where the run did not pass its gate, and no reason is given. */
  'release/create': {
    params: z.strictObject({
      name: z.string().min(1).max(200),
      /** Relative to the workspace. */
      prompt: z.string().min(1),
      /** `provider/model`; null takes the one that the prompt file names. */
      model: z.string().min(1).nullable(),
      /** The run that approved it; null where none did. */
      run: z.string().min(1).nullable(),
      /** Why it is created although the gate of the run did not pass; null where no reason was given. It stays visible. */
      override: z.string().min(1).max(2_000).nullable(),
    }),
    /** Relative to the workspace. */
    result: z.object({ path: z.string() }),
  },
  /** Why a run does not approve a release by itself; null where it does. */
  'release/approval': {
    params: z.strictObject({ run: z.string().min(1) }),
    result: z.object({ unapproved: z.string().nullable() }),
  },
  'release/names': { params: z.strictObject({}), result: z.object({ names: z.array(z.string()) }) },
};
