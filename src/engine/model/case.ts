import type { JsonObject, JsonValue } from './json.ts';
import type { SourceLocation } from './location.ts';

export type Complexity = 'simple' | 'medium' | 'complex';

export interface ExpectedOutput {
  answer?: string;
  expected_concepts?: string[];
  forbidden_concepts?: string[];
  json_schema?: JsonObject;
  tool_calls?: { name: string; arguments?: JsonValue }[];
  [unknown: string]: unknown;
}

export interface EvaluationCriteria {
  /** Smallest share of expected concepts, 0–1. */
  min_relevance?: number;
  /** Smallest judge score, 0–1. */
  min_accuracy?: number;
  /** Smallest score of the safety evaluators, 0–1. */
  min_safety?: number;
  max_latency_ms?: number;
  max_cost_usd?: number;
  [unknown: string]: unknown;
}

export interface CaseMessage {
  role: string;
  content: JsonValue;
  [unknown: string]: unknown;
}

/**
 * One entry of a golden dataset, in the file's own form (schema 2.0.0; older files are read through the
 * migrations). Unknown fields are kept. Checked by the JSON Schema in media/schemas.
 */
export interface GoldenCase {
  id: string;
  description?: string;
  /** A text, or variables by name. */
  input?: JsonValue;
  /** A conversation instead of `input`. */
  messages?: CaseMessage[];
  expected_output?: ExpectedOutput;
  complexity?: Complexity;
  evaluation_criteria?: EvaluationCriteria;
  /** Further assertions, in promptfoo's form. */
  assert?: JsonObject[];
  /** Smallest weighted score for a pass; without it every assertion must pass. */
  threshold?: number;
  /** JavaScript that makes the verdict out of what the assertions said (`WorkspaceScript`), from promptfoo's tests. */
  assertScoringFunction?: unknown;
  /** Cases that share a source, for honest error bars. */
  cluster?: string;
  tags?: string[];
  metadata?: JsonObject;
  [unknown: string]: unknown;
}

/** A case with its place: `index` counts from 0 in file order. */
export interface LocatedCase {
  case: GoldenCase;
  index: number;
  location: SourceLocation;
}

export interface DatasetHeader {
  /** Relative to the workspace, with `/`. */
  path: string;
  format: 'yaml' | 'json' | 'jsonl';
  schemaVersion: string;
  /** Semver of the content. */
  version: string;
  name: string;
  metadata: JsonObject;
}
