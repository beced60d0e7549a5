import { z } from 'zod';
import type { WorkspaceScript } from '../../evaluators/scripts/workspaceScript.ts';
import type { LocatedCase } from '../../model/case.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { GatePolicy } from '../../model/gatePolicy.ts';
import type { JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { RunFilter } from '../../model/run.ts';
import type { ModelClient } from '../../models/modelClient.ts';
import type { TargetSecrets } from '../../targets/secrets/targetSecrets.ts';
import type { TargetPorts } from '../../targets/targetPorts.ts';
import { type TargetConfig, targetFile } from '../targets/targetConfig.ts';
import { type BudgetConfig, budgetFile, tokenBudgetsFile } from './budgetConfig.ts';
import { CASCADE_NOTE, type CascadeConfig, cascadeFile } from './cascadeConfig.ts';
import type { FileReference } from './fileReference.ts';
import { gateFile } from './gateConfig.ts';
import { judgingFields } from './judgingFields.ts';

/** A judge that is no model but a program or a server, made by the reader of a foreign configuration. */
export interface ForeignJudge {
  location: SourceLocation;
  /** All that decides its verdicts, beside `file`. */
  identity: unknown;
  /** The module that it is. */
  file?: string;
  secrets: TargetSecrets;
  /** Who answers, as spans and recordings name it. */
  identify(reference: string): Pick<ModelClient, 'provider' | 'model'>;
  /** Throws ConfigError. */
  create(reference: string, ports: TargetPorts): { client: ModelClient; close?(): void };
}

/** Runs a trusted script with its two arguments; rejects for what it throws. */
export type CallScript = (
  script: WorkspaceScript,
  scope: { output: JsonValue; context: JsonValue },
  signal: AbortSignal,
) => Promise<JsonValue>;

/** Targets × datasets × evaluators, plus a gate: one entry of `suites`, with every default filled in. */
export interface SuiteConfig {
  name: string;
  description?: string;
  location: SourceLocation;
  /** At least one. */
  datasets: FileReference[];
  /** The cases themselves, where the file is no golden dataset; `datasets` then names that file alone. */
  cases?: readonly LocatedCase[];
  /** Finishes `cases` with scripts of the workspace, where some need that; only called where scripts are trusted. */
  settleCases?(call: CallScript, signal: AbortSignal): Promise<readonly LocatedCase[]>;
  /** Set where cases read what earlier ones gave, or are run by themselves: `env` is for their templates. */
  ordered?: { env: Record<string, string> };
  /** At least one; names are unique. */
  targets: TargetConfig[];
  /** Names are unique. The default set where the file names none. */
  evaluators: EvaluatorSpec[];
  /** True when the file names no evaluators: the cases' own fields then decide which of them apply. */
  defaultEvaluators: boolean;
  /** Model of judges that name none, as `provider/model`. */
  judgeModel?: string;
  /** Judges that are no models, by the reference under which they are asked. */
  judges?: Readonly<Record<string, ForeignJudge>>;
  /** Embedding model of evaluators that name none, as `provider/model`. */
  embeddingsModel?: string;
  cascade: CascadeConfig;
  /** Smallest weighted score for a pass, 0–1; without it every evaluator must pass. */
  threshold?: number;
  /** Answers of fallbacks count as the target's own; where absent they are not scored. */
  scoreFallbacks?: true;
  /** Trials of each case. */
  repeat: number;
  maxConcurrency: number;
  /** Limit for one call in milliseconds. */
  timeoutMs: number;
  seed: number;
  filter: RunFilter;
  gate?: GatePolicy;
  /** Hard spending limits. */
  budget?: BudgetConfig;
  /** Set when output limits adapt to what cases of a class use. */
  tokenBudgets?: 'adaptive';
}

export const SUITE_DEFAULTS = { repeat: 1, maxConcurrency: 4, timeoutMs: 60_000, seed: 0 };

const names = z.array(z.string().min(1)).min(1);

const filterFile = z
  .strictObject({
    tags: names.optional().describe('Only cases with at least one of these tags.'),
    names: names
      .optional()
      .describe(
        'Only cases whose id or description contains one of these strings; "*" matches any characters.',
      ),
  })
  .describe('Which cases of the dataset to run. Default: all.');

export const suiteFile = z.strictObject({
  description: z.string().optional().describe('Purpose of the suite, shown in lists and reports.'),
  dataset: z
    .union([z.string().min(1), names])
    .describe('A golden dataset, or a list of them, relative to this file.'),
  targets: z.array(targetFile).min(1).describe('What to test.'),
  evaluators: z
    .array(z.unknown())
    .min(1)
    .optional()
    .describe(
      'How outputs are scored. Default: what the fields of each case require (forbidden_concepts, json_schema, tool_calls, expected_concepts, assert).',
    ),
  ...judgingFields,
  cascade: cascadeFile.prefault({}).describe(CASCADE_NOTE),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Minimum weighted score for a pass, 0 to 1. Default: every evaluator must pass.'),
  score_fallbacks: z
    .boolean()
    .default(false)
    .describe(
      "true: an answer of a fallback is scored like the target's own, and a judge may fall back to another model. By default such answers are shown, but not scored.",
    ),
  repeat: z
    .int()
    .min(1)
    .max(1000)
    .default(SUITE_DEFAULTS.repeat)
    .describe('Number of trials per case; more than one reveals flaky cases.'),
  max_concurrency: z
    .int()
    .min(1)
    .max(1024)
    .default(SUITE_DEFAULTS.maxConcurrency)
    .describe('Maximum number of concurrent calls.'),
  timeout_ms: z
    .int()
    .min(1)
    .default(SUITE_DEFAULTS.timeoutMs)
    .describe('Time limit of one call in milliseconds, including retries.'),
  seed: z
    .int()
    .min(0)
    .default(SUITE_DEFAULTS.seed)
    .describe('The same seed, inputs and recorded outputs give the same results.'),
  filter: filterFile.optional(),
  gate: gateFile.optional(),
  budget: budgetFile.optional(),
  token_budgets: tokenBudgetsFile,
});

export type SuiteFile = z.output<typeof suiteFile>;

export function toFilter(file: SuiteFile['filter'] = {}): RunFilter {
  return { names: file.names ?? [], tags: file.tags ?? [] };
}
