import * as z from 'zod';

/** Largest page of `dataset/cases`. */
const MAX_PAGE = 5_000;

const file = { path: z.string().min(1) };

const drift = z.discriminatedUnion('state', [
  z.object({ state: z.literal('unchanged') }),
  z.object({ state: z.literal('new') }),
  /** No repository, no commit, or one of the two is no valid dataset. */
  z.object({ state: z.literal('unknown'), reason: z.string() }),
  z.object({
    state: z.literal('changed'),
    /** Numbers of cases. */
    added: z.int(),
    removed: z.int(),
    changed: z.int(),
    version: z.object({
      before: z.string(),
      after: z.string(),
      /** What the content calls for. */
      needed: z.enum(['none', 'patch', 'minor', 'major']),
      enough: z.boolean(),
      suggested: z.string().exactOptional(),
    }),
  }),
]);

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
export const textEdit = z.object({
  line: z.int(),
  column: z.int(),
  endLine: z.int(),
  endColumn: z.int(),
  text: z.string(),
});

export const edits = z.array(textEdit);

/** What an import did with fields that have no place of their own: what → how often. */
const tally = z.object({
  kept: z.record(z.string(), z.int()),
  dropped: z.record(z.string(), z.int()),
  notes: z.record(z.string(), z.int()),
});

/** The text as it stands in the editor; read from the disk where absent. */
const source = { ...file, text: z.string().exactOptional() };

/** A person's verdict on one output, and why. */
const outputLabel = z.strictObject({ pass: z.boolean(), note: z.string().max(2_000) });

const foreign = {
  /** Absolute paths of files that a person chose. */
  files: z.array(z.string().min(1)).min(1),
  /** Name of the format; told from the records where absent. */
  from: z.string().exactOptional(),
};

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
  /** How the file on the disk stands to the last commit. Runs git, so it needs a trusted workspace. */
  'dataset/drift': {
    params: z.strictObject(file),
    result: drift,
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
    params: z.strictObject(source),
    result: z.object({
      from: z.string(),
      to: z.string(),
      changes: z.array(z.object({ caseId: z.string().exactOptional(), message: z.string() })),
      /** Without overlaps, in the order of the text. Empty when the dataset is current. */
      edits,
    }),
  },
  /** What makes an answer the reference answer of a case. Writes nothing. */
  'dataset/expect': {
    params: z.strictObject({ ...source, caseId: z.string(), answer: z.string() }),
    result: z.object({ edits }),
  },
  /** What a person said of an output of a case; null where nobody did, or the case is not there any more. */
  'dataset/labelOf': {
    params: z.strictObject({ ...file, caseId: z.string(), output: z.string() }),
    result: z.object({ label: outputLabel.nullable() }),
  },
  /** What records a person's verdict on an output in its case; null takes it back. Writes nothing. */
  'dataset/label': {
    params: z.strictObject({
      ...source,
      caseId: z.string(),
      output: z.string(),
      label: outputLabel.nullable(),
    }),
    result: z.object({ edits }),
  },
  /** What adds one case behind the last one; its id is made from the input where it names none. Writes nothing. */
  'dataset/add': {
    params: z.strictObject({
      ...source,
      case: z.strictObject({
        id: z.string().min(1).exactOptional(),
        description: z.string().exactOptional(),
        input: z.json().exactOptional(),
        messages: z.array(z.looseObject({ role: z.string(), content: z.json() })).exactOptional(),
        expected_output: z.record(z.string(), z.json()).exactOptional(),
        tags: z.array(z.string()).exactOptional(),
        metadata: z.record(z.string(), z.json()).exactOptional(),
      }),
    }),
    result: z.object({ caseId: z.string(), edits }),
  },
  /** The formats of other tools that can be imported. */
  'dataset/importFormats': {
    params: z.strictObject({}),
    result: z.object({
      formats: z.array(z.object({ name: z.string(), title: z.string(), fields: z.string() })),
    }),
  },
  /** Writes cases of other tools into a new dataset. Refused when the file is there already. */
  'dataset/import': {
    params: z.strictObject({ ...foreign, ...file }),
    result: z.object({ count: z.int(), formats: z.array(z.string()), tally }),
  },
  /** What adds cases of other tools to a dataset. Writes nothing. */
  'dataset/importInto': {
    params: z.strictObject({ ...foreign, ...source }),
    result: z.object({
      added: z.int(),
      /** Ids that are there already: with the same content, and with other content, which stays. */
      same: z.array(z.string()),
      different: z.array(z.string()),
      formats: z.array(z.string()),
      tally,
      edits,
    }),
  },
};

export type TextEdit = z.output<typeof textEdit>;
export type ImportTally = z.output<typeof tally>;
export type DriftEntry = z.output<typeof drift>;
export type CaseEntry = z.output<typeof caseEntry>;
