import * as z from 'zod';
import { textEdit } from './datasetCalls.ts';
import { location, problem } from './places.ts';

const target = z.object({
  name: z.string(),
  kind: z.string(),
  /** What it calls, in a few words. */
  calls: z.string(),
  location,
  /** Another model can be put in place of its own. */
  takesModel: z.boolean(),
  /** The prompt file that it calls a model with, or echoes. */
  prompt: z.string().exactOptional(),
});

/** Largest page of `suite/cases`. */
const MAX_PAGE = 5_000;

const suiteCase = z.object({
  id: z.string(),
  /** Position in the dataset, from 0. */
  index: z.int(),
  location,
  description: z.string().exactOptional(),
  tags: z.array(z.string()),
});

const suite = z.object({
  name: z.string(),
  description: z.string().exactOptional(),
  location,
  /** Paths relative to the workspace. */
  datasets: z.array(z.string()),
  targets: z.array(target),
  evaluators: z.array(z.string()),
  repeat: z.int(),
  hasGate: z.boolean(),
});

export const workspaceCalls = {
  /** Suites, datasets and prompts, read anew. Runs nothing and reads no dataset. */
  'workspace/list': {
    params: z.strictObject({}),
    result: z.object({
      /** Absolute path; every other path counts from it. */
      root: z.string(),
      /** Relative to `root`; null where the suites were made without a file. */
      configPath: z.string().nullable(),
      suites: z.array(suite),
      datasets: z.array(z.string()),
      prompts: z.array(z.object({ path: z.string(), name: z.string(), format: z.string() })),
      promptfooConfigs: z.array(z.string()),
      /** True when the folder is too large to be looked at as a whole. */
      truncated: z.boolean(),
      /** Of the configuration; with an error among them, `suites` is empty and the rest is told by file names alone. */
      problems: z.array(problem),
    }),
  },
  /** A page of the cases that a suite runs over one of its datasets, whatever file they stand in. */
  'suite/cases': {
    params: z.strictObject({
      suite: z.string().min(1),
      /** As in the listing. */
      dataset: z.string().min(1),
      offset: z.int().min(0),
      limit: z.int().min(1).max(MAX_PAGE),
    }),
    /** `total` counts what the suite's filter lets through. */
    result: z.object({ total: z.int(), cases: z.array(suiteCase) }),
  },
  /**
   * The files of a first evaluation, none of which exists: a configuration, and a prompt and a dataset where the
   * folder has none. Empty where there is a configuration. Writes nothing.
   */
  'workspace/first': {
    params: z.strictObject({
      asked: z.string().min(1),
      says: z.array(z.string().min(1)).min(1),
      /** `provider/model`; a default where absent. */
      model: z.string().exactOptional(),
    }),
    result: z.object({
      files: z.array(z.object({ path: z.string(), text: z.string() })),
    }),
  },
  /** What adds a prompt (absolute path) as a target to a suite of the configuration. Writes nothing. */
  'suite/addTarget': {
    params: z.strictObject({
      suite: z.string().min(1),
      prompt: z.string().min(1),
      /** The configuration as it stands in the editor. */
      text: z.string(),
    }),
    result: z.object({ edits: z.array(textEdit) }),
  },
  /** Every problem of the workspace, or of some files of it. */
  'workspace/validate': {
    params: z.strictObject({
      /** Absolute paths, or relative to the workspace; all of the workspace where absent. */
      files: z
        .array(
          z.strictObject({
            path: z.string().min(1),
            /** The text as it stands in the editor; read from the disk where absent. */
            text: z.string().exactOptional(),
          }),
        )
        .exactOptional(),
    }),
    result: z.object({ files: z.int(), problems: z.array(problem) }),
  },
};

export type SuiteCase = z.output<typeof suiteCase>;
export type Suite = z.output<typeof suite>;
