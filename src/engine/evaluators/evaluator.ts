import type { z } from 'zod';
import type { GoldenCase } from '../model/case.ts';
import type { Evaluation, EvaluatorSpec, Score, Stage } from '../model/evaluation.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { Output } from '../model/output.ts';
import type { EmbeddingCatalog } from '../models/embeddings/embeddings.ts';
import type { ModelCatalog } from '../models/modelClient.ts';
import type { Random, Span } from '../ports.ts';
import type { PaidReplies } from './judge/paidReplies.ts';
import type { PatternMatcher } from './patterns/pattern.ts';
import type { ScriptRunners } from './scripts/scriptRunner.ts';

export interface EvaluationInput {
  case: GoldenCase;
  /** Evaluators only ever see complete outputs. */
  output: Extract<Output, { status: 'complete' }>;
  /** The output before an assertion's own `transform`, where it has one. */
  untransformed?: Extract<Output, { status: 'complete' }>;
  /** The target that gave the output; set together with `others`. */
  target?: string;
  /** Complete outputs of the other targets for the same case and trial, for comparing evaluators. */
  others?: { target: string; output: Extract<Output, { status: 'complete' }> }[];
}

export interface EvaluationContext {
  signal: AbortSignal;
  /** The span of this evaluator; judges make their model calls under it. */
  span: Span;
  /** From 0; tells equal questions of different trials apart. */
  trial?: number;
  /** The bulkhead of its calls, where the evaluator names one. */
  pool?: string;
  /** Who asks, as CallOptions has it. */
  caller?: string;
  /** What judges have answered about this trial; undefined where nothing is kept of it. */
  paid?: PaidReplies;
}

/** A target with a complete output, and what the evaluators said of it. */
export interface Contender {
  target: string;
  evaluations: readonly Evaluation[];
  /** Those of all its evaluators. */
  specs: readonly EvaluatorSpec[];
  /** Its case had failed, so that evaluators may have been left out. */
  failed: boolean;
}

/** A score for each target. */
type Rank = (field: readonly Contender[]) => ReadonlyMap<string, Score>;

/** Turns (case, output) into a score. Synchronous where it can be: no promise for a string comparison. */
export interface Evaluator {
  readonly spec: EvaluatorSpec;
  readonly stage: Stage;
  /** True when it compares outputs of several targets: it runs when all of them have answered. */
  readonly compares?: boolean;
  /** True when a score of it passes by a threshold of its own, so that the default one of its stage is not asked. */
  readonly ownThreshold?: boolean;
  /** For one that ranks targets by what the other evaluators said; among several targets it runs in place of `evaluate`. */
  readonly ranks?: Rank;
  evaluate(input: EvaluationInput, context: EvaluationContext): Score | Promise<Score>;
}

/** What evaluators are handed by the composition root. */
export interface EvaluatorDeps {
  models: ModelCatalog;
  /** Model reference for judges that name none; undefined when the suite has none. */
  judgeModel: string | undefined;
  /** How to name one, where the suite is not of this program's own form. */
  judgeHint?: string;
  /** Undefined where no embeddings can be had. */
  embeddings?: EmbeddingCatalog;
  /** Embedding model of evaluators that name none; undefined when the suite has none. */
  embeddingsModel?: string | undefined;
  patterns: PatternMatcher;
  /** Undefined if scripts are not trusted: script evaluators then refuse with a remedy. */
  scripts: ScriptRunners | undefined;
  random: Random;
  /** Reads a file that a suite refers to, inside the workspace only; throws FileError. */
  readFile(reference: string): string;
}

/** What a promptfoo assertion says beyond its type, weight and metric. */
export interface AssertionParts {
  value?: JsonValue;
  threshold?: number;
  /** Model reference of a grader. */
  provider?: JsonValue;
  rubricPrompt?: JsonValue;
  /** Only for types that have an option of this name: elsewhere it holds options. */
  config?: JsonObject;
}

/** One evaluator type: its options, documentation and constructor. Each stands in a file of its own. */
export interface EvaluatorDefinition<Options = unknown> {
  readonly type: string;
  readonly stage: Stage;
  /** One plain sentence; shown on hover in the editor. */
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  /**
   * What a bare value in the short form means: `- contains: refund` is `{ [shorthand]: 'refund' }`.
   * Undefined when the type takes no bare value.
   */
  readonly shorthand?: string;
  /**
   * What promptfoo's keys mean as options. Without it, `value` goes to the shorthand, `threshold` to `min`, `provider` to
   * `model` and `rubricPrompt` to `prompt`. Options by their own names are read for every type alike.
   */
  readonly fromAssertion?: (parts: AssertionParts) => JsonObject;
  /** True when `create` reads `spec.negated` itself because the opposite is more than pass and score turned. */
  readonly negates?: boolean;
  /** `only`: its model is one for embeddings, not a judge. `also`: it has one of them beside its judge. */
  readonly embeds?: 'only' | 'also';
  /** True when its pass never follows from its score alone; else an option `min` or `threshold` says so. */
  readonly ownThreshold?: true;
  /** How often it asks the judge about one output, where that is more than once. */
  readonly asks?: number;
  /** Whether it needs the outputs of the suite's other targets. Without it, it does not. */
  compares?(options: Options): boolean;
  /** How it ranks targets, where it does. */
  ranks?(options: Options): Rank;
  /** Compiles options once per suite (patterns, schemas). Throws ConfigError. */
  create(spec: EvaluatorSpec, options: Options, deps: EvaluatorDeps): Evaluator['evaluate'];
}
