import * as z from 'zod';
import { problem } from './places.ts';

/** A place, from 1. */
const place = { line: z.int().min(1), column: z.int().min(1) };
const span = { line: z.int(), column: z.int(), endLine: z.int(), endColumn: z.int() };
const range = z.object(span);

/** A file by its absolute path, and the version of its text that the window means. */
const file = { path: z.string().min(1), version: z.int() };

const fix = z.object({
  title: z.string(),
  problem: problem.exactOptional(),
  preferred: z.boolean(),
  change: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('edits'), edits: z.array(range.extend({ text: z.string() })) }),
    /** The edits are asked for with `dataset/upgrade`. */
    z.object({ kind: z.literal('upgrade') }),
    /** A new file; an absolute path inside the workspace. */
    z.object({ kind: z.literal('create'), path: z.string(), text: z.string() }),
  ]),
});

const fileSymbol = z.object({
  name: z.string(),
  detail: z.string(),
  kind: z.enum(['case', 'suite', 'target', 'provider', 'message']),
  range,
  /** Its name; inside `range`. */
  selection: range,
  get children() {
    return z.array(fileSymbol);
  },
});

const lens = z.object({
  range,
  subject: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('case'), id: z.string() }),
    z.object({ kind: z.literal('suite'), name: z.string() }),
    z.object({ kind: z.literal('prompt') }),
  ]),
  /** How it went last time; null where it was never run. */
  last: z
    .object({ runId: z.string(), passed: z.int(), trials: z.int(), score: z.number().nullable() })
    .nullable(),
});

const completion = z.object({
  label: z.string(),
  kind: z.enum(['key', 'value', 'file', 'model']),
  /** Plain text. */
  documentation: z.string().exactOptional(),
  insert: z.string(),
  /** Columns from 1 in the cursor's line; the end is exclusive. */
  column: z.int(),
  endColumn: z.int(),
});

const hover = z.object({
  title: z.string(),
  description: z.string(),
  fallback: z.string().exactOptional(),
  values: z.array(z.string()),
});

const link = z.object({
  range,
  /** Absolute path. */
  target: z.string(),
  at: range.exactOptional(),
});

/**
 * Help for the files that are open in the window, as they stand there. `language/sync` hands the text over; all
 * other calls name its version, and answer null when the text is another one by now. Nothing runs or connects.
 */
export const languageCalls = {
  /** `synced` is false when `base` is not what is held: the whole text is needed then. */
  'language/sync': {
    params: z.union([
      z.strictObject({ ...file, text: z.string() }),
      z.strictObject({
        ...file,
        base: z.int(),
        /** In the order in which they were made; offsets count in the text before each of them. */
        changes: z.array(
          z.strictObject({ offset: z.int().min(0), length: z.int().min(0), text: z.string() }),
        ),
      }),
    ]),
    result: z.object({ synced: z.boolean() }),
  },
  'language/close': { params: z.strictObject({ path: z.string().min(1) }), result: z.object({}) },
  'language/problems': {
    params: z.strictObject(file),
    /** `path`: the file's own name in places of problems; others are of files that it refers to. */
    result: z.object({ path: z.string(), problems: z.array(problem) }).nullable(),
  },
  /** What can be mended or raised where the selection is. Writes nothing. */
  'language/fixes': {
    params: z.strictObject({ ...file, selection: z.strictObject(span) }),
    result: z.object({ fixes: z.array(fix) }).nullable(),
  },
  'language/symbols': {
    params: z.strictObject(file),
    result: z.object({ symbols: z.array(fileSymbol) }).nullable(),
  },
  /** Texts that name files, and names that are defined elsewhere in the file. */
  'language/links': {
    params: z.strictObject(file),
    result: z.object({ links: z.array(link) }).nullable(),
  },
  /** Of the lines `from` to `to`, from 1, both inclusive. */
  'language/lenses': {
    params: z.strictObject({ ...file, from: z.int(), to: z.int() }),
    result: z.object({ lenses: z.array(lens) }).nullable(),
  },
  'language/complete': {
    params: z.strictObject({ ...file, ...place, fromSchema: z.boolean() }),
    result: z.object({ items: z.array(completion) }).nullable(),
  },
  'language/hover': {
    params: z.strictObject({ ...file, ...place }),
    result: z.object({ hover: hover.nullable() }).nullable(),
  },
};

export type Fix = z.output<typeof fix>;
export type FileSymbol = z.output<typeof fileSymbol>;
export type FileLens = z.output<typeof lens>;
