import * as z from 'zod';
import { wantedRun } from './runCalls.ts';

/** `low` ≤ `tokens` ≤ `high`; all equal when it is exact. */
const tokenCount = z.object({ tokens: z.int(), low: z.int(), high: z.int(), exact: z.boolean() });

/** What is counted for, and where that model was named. */
const chosenModel = z.object({
  /** Without its provider. */
  model: z.string(),
  /** As `provider/model`; null where no provider is known. */
  reference: z.string().nullable(),
  chosenBy: z.enum(['setting', 'prompt', 'suite', 'default']),
  /** Why an inexact count is one. */
  basis: z.string(),
  /** Tokens, input and output together; null where it is not known. */
  contextWindow: z.int().nullable(),
});

const message = z.object({
  role: z.string(),
  /** Where its text stands, from 1. */
  line: z.int(),
  endLine: z.int(),
  tokens: tokenCount,
  costUsd: z.number().nullable(),
});

const prompt = z.object({
  ...chosenModel.shape,
  total: tokenCount,
  /** US dollars for the input of one call, its variables not filled in; null where the price is unknown. */
  costUsd: z.number().nullable(),
  messages: z.array(message),
});

const variable = z.object({
  name: z.string(),
  /** Tokens of its values. */
  median: z.number(),
  /** The 90th percentile. */
  high: z.number(),
  /** Cases that give a value. */
  cases: z.int(),
});

const opened = {
  /** Absolute, or relative to the workspace. */
  path: z.string().min(1),
  /** As it stands in the editor. */
  text: z.string(),
  /** `provider/model` that stands in for the prompt's own; null for the latter. */
  model: z.string().nullable(),
};

const modelCost = z.object({
  /** `provider/model`, or the name alone where no provider of it is configured. */
  name: z.string(),
  tokens: tokenCount,
  costUsd: z.number().nullable(),
  contextWindow: z.int().nullable(),
});

/** A quantity that is not known yet. */
const range = z.object({ low: z.number(), likely: z.number(), high: z.number() });

export const tokenCalls = {
  /** What a run will probably cost and how long it will take; one entry for each dataset. Calls no model. */
  'run/estimate': {
    params: z.strictObject(wantedRun),
    result: z.object({
      runs: z.array(
        z.object({
          dataset: z.string(),
          trials: z.int(),
          /** US dollars; null where a part of it is unknown. */
          costUsd: range.nullable(),
          /** Wall time in milliseconds. */
          elapsedMs: range,
          /** What the numbers rest on and what they leave out. */
          notes: z.array(z.string()),
        }),
      ),
    }),
  },
  /** Counts a prompt as it stands; null for a file that is no prompt, or cannot be read as one at the moment. */
  'token/prompt': {
    /** Read from the disk where the text is absent. */
    params: z.strictObject({ ...opened, text: opened.text.exactOptional() }),
    result: prompt.nullable(),
  },
  /** The counts at the last commit; null where there is none of the file, and in a workspace without trust. */
  'token/head': {
    params: z.strictObject({ path: opened.path, model: z.string() }),
    result: z.object({ total: z.int(), messages: z.array(z.int()) }).nullable(),
  },
  /** How long the variables of a prompt typically are, and where it uses them; null as for `token/prompt`. */
  'token/variables': {
    /** Read from the disk where the text is absent. */
    params: z.strictObject({ ...opened, text: opened.text.exactOptional() }),
    result: z
      .object({
        /** Where the values are from: the datasets of the prompt's suites, or the prompt itself. */
        sources: z.array(z.string()),
        variables: z.array(variable),
        /** Tokens that typical values add to the count of the prompt; null where no size is known. */
        adds: z.int().nullable(),
        /** The end of each tag that writes a variable, from 1. */
        places: z.array(z.object({ name: z.string(), line: z.int(), column: z.int() })),
      })
      .nullable(),
  },
  /** What the tokens of a prompt are spent on, and what it costs with other models; null as for `token/prompt`. */
  'token/breakdown': {
    params: z.strictObject(opened),
    result: z
      .object({
        prompt,
        parts: z.object({
          system: z.int(),
          examples: z.int(),
          user: z.int(),
          tools: z.int(),
          responseFormat: z.int(),
          marks: z.int(),
          /** What typical values add; null where no case tells. */
          variables: z.int().nullable(),
        }),
        models: z.array(modelCost),
        /** Of the table of list prices, `2026-11-23`. */
        pricesOf: z.string(),
      })
      .nullable(),
  },
  /** Counts any text. */
  'token/count': {
    params: z.strictObject({ text: z.string(), model: z.string().nullable() }),
    result: z.object({
      model: z.string(),
      basis: z.string(),
      tokens: tokenCount,
      costUsd: z.number().nullable(),
    }),
  },
};

export type RunEstimate = z.output<(typeof tokenCalls)['run/estimate']['result']>['runs'][number];
export type TokenCount = z.output<typeof tokenCount>;
export type PromptTokens = z.output<typeof prompt>;
export type PromptBreakdown = NonNullable<z.output<(typeof tokenCalls)['token/breakdown']['result']>>;
