import * as z from 'zod';

const level = z.enum(['lossless', 'safe', 'aggressive']);

/** Both ends as line and column from 1; the end is exclusive. */
const span = { line: z.int(), column: z.int(), endLine: z.int(), endColumn: z.int() };

const textEdit = z.object({ ...span, text: z.string() });

const opened = {
  /** Absolute, or relative to the workspace. */
  path: z.string().min(1),
  /** As it stands in the editor. */
  text: z.string(),
  /** `provider/model` that stands in for the prompt's own; null for the latter. */
  model: z.string().nullable(),
  /** Only edits in this stretch of the text, in UTF-16 code units. */
  within: z.strictObject({ start: z.int().min(0), end: z.int().min(0) }).exactOptional(),
};

const finding = z.object({
  rule: z.string(),
  level,
  /** What is wrong with the stretch: "says nothing". */
  reason: z.string(),
  /** By itself. */
  tokensSaved: z.int(),
  /** From the first edit to the last. */
  range: z.object(span),
  /** All of them belong together. */
  edits: z.array(textEdit),
});

const plan = z.object({
  model: z.string(),
  /** The whole file, compressed. */
  text: z.string(),
  /** In the order of the text, without overlaps. */
  edits: z.array(textEdit.extend({ rules: z.array(z.string()) })),
  before: z.int(),
  after: z.int(),
  /** Tokens saved by each rule; they add up to all. */
  rules: z.array(z.object({ rule: z.string(), tokensSaved: z.int() })),
  /** Null without a target. */
  targetMet: z.boolean().nullable(),
  /** US dollars for 1,000 calls; null where the price is unknown. */
  savedPer1000Usd: z.number().nullable(),
  /** The prompt becomes too short for the provider's cache. */
  losesCache: z.boolean(),
});

/** What can be saved in prompts. Nothing is written; null for a file that is no prompt, or cannot be read as one. */
export const compressCalls = {
  /** What each level saves, lossless first. */
  'compress/offers': {
    params: z.strictObject(opened),
    result: z.object({ before: z.int(), offers: z.array(z.object({ level, after: z.int() })) }).nullable(),
  },
  /** Each place where a rule of a level saves tokens, in the order of the text. */
  'compress/findings': {
    params: z.strictObject({ ...opened, level }),
    result: z.object({ findings: z.array(finding) }).nullable(),
  },
  'compress/plan': {
    params: z.strictObject({
      ...opened,
      goal: z.union([z.strictObject({ level }), z.strictObject({ targetTokens: z.int().min(1) })]),
    }),
    result: plan.nullable(),
  },
};

export type CompressionLevel = z.output<typeof level>;
export type CompressionFinding = z.output<typeof finding>;
export type CompressionPlan = z.output<typeof plan>;
