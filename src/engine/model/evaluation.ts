import type { JsonObject, JsonValue } from './json.ts';
import type { SourceLocation } from './location.ts';
import type { Usage } from './output.ts';
import type { ReplySource } from './replySource.ts';

/** From cheapest to dearest; the cascade runs them in this order. */
export const STAGES = ['heuristic', 'lexical', 'judge'] as const;
export type Stage = (typeof STAGES)[number];

/** An evaluator as a suite, a case or a prompt file asks for it, before it is created. */
export interface EvaluatorSpec {
  /** Registered type, e.g. `contains`, `is-json`, `rubric`. */
  type: string;
  /** Unique within a suite; shown in results. Defaults to the type. */
  name: string;
  /** `not-` was written before the type: pass and score are turned round. */
  negated: boolean;
  /** Checked by the type's own zod schema. */
  options: JsonObject;
  weight: number;
  /** Group under which scores are reported together. */
  metric?: string;
  /** JavaScript that changes the output before this evaluator sees it; needs trusted scripts. */
  transform?: string;
  /** Bulkhead of a judge's calls; `judge` where absent. It decides no verdict, and is in no hash. */
  bulkhead?: string;
  location?: SourceLocation;
}

/** What an evaluator says of one output. `score` is 0–1, higher is better, never NaN. */
export type Score =
  | {
      status: 'scored';
      score: number;
      pass: boolean;
      reason: string;
      usage?: Usage;
      costUsd?: number | null;
      /** Calls of models that it took; one where a cost is given and nothing is said. */
      calls?: number;
      /** In place of what is measured, for calls that were replayed; in milliseconds. */
      latencyMs?: number;
      /** Where the verdict comes from, where it is not a fresh one of the judge's own. */
      source?: ReplySource;
      detail?: JsonValue;
    }
  /** The measurement failed; it never counts as a pass. */
  | {
      status: 'error';
      reason: string;
      usage?: Usage;
      costUsd?: number | null;
      calls?: number;
      latencyMs?: number;
      /** Where the verdict comes from, where it is not a fresh one of the judge's own. */
      source?: ReplySource;
      detail?: JsonValue;
    }
  /** The evaluator does not apply to this case, e.g. no expected concepts. */
  | { status: 'skipped'; reason: string };

export type Evaluation = Score & {
  name: string;
  type: string;
  stage: Stage;
  weight: number;
  metric?: string;
  /** Wall time of the evaluator in milliseconds. */
  latencyMs: number;
  location?: SourceLocation;
};
