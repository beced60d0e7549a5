import * as z from 'zod';

/** Largest page of `dataset/cases`. */
const MAX_PAGE = 5_000;

const file = { path: z.string().min(1) };

const caseEntry = z.object({
  id: z.string(),
  /** Position in the dataset, from 0. */
  index: z.int(),
  /** From 1. */
  line: z.int(),
  column: z.int(),
  description: z.string().exactOptional(),
  tags: z.array(z.string()),
});

/** Both ends as line and column from 1; the end is exclusive. */
const textEdit = z.object({
  line: z.int(),
  column: z.int(),
  endLine: z.int(),
  endColumn: z.int(),
  text: z.string(),
});

/** Paths are absolute, or relative to the workspace; they must lie inside it. */
export const datasetCalls = {
  /** Version and size; `problem` where it cannot be used. */
  'dataset/describe': {
    params: z.strictObject(file),
    result: z.union([
      z.object({
        path: z.string(),
        name: z.string(),
        version: z.string(),
        schemaVersion: z.string(),
        count: z.int(),
      }),
      z.object({ path: z.string(), problem: z.string() }),
    ]),
  },
  /** A page of cases in file order. */
  'dataset/cases': {
    params: z.strictObject({
      ...file,
      offset: z.int().min(0),
      limit: z.int().min(1).max(MAX_PAGE),
    }),
    result: z.object({ path: z.string(), total: z.int(), cases: z.array(caseEntry) }),
  },
  /** What brings a dataset to the newest schema. Writes nothing: the edits are for the editor to apply. */
  'dataset/upgrade': {
    params: z.strictObject({
      ...file,
      /** The text as it stands in the editor; read from the disk where absent. */
      text: z.string().exactOptional(),
    }),
    result: z.object({
      from: z.string(),
      to: z.string(),
      changes: z.array(z.object({ caseId: z.string().exactOptional(), message: z.string() })),
      /** Without overlaps, in the order of the text. Empty when the dataset is current. */
      edits: z.array(textEdit),
    }),
  },
};

export type CaseEntry = z.output<typeof caseEntry>;
