import { z } from 'zod';
import { SPAN_ROLES, type SpanRole } from '../../model/agentSpan.ts';
import { defined } from '../../model/defined.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { PoolConfig } from '../../resilience/resilienceConfig.ts';
import { judgingFields } from '../config/judgingFields.ts';

/** Evaluators bound to live spans: one entry of `monitors`, with every default filled in. */
export interface MonitorConfig {
  name: string;
  description?: string;
  location: SourceLocation;
  match: MonitorMatch;
  /** Of traces, 0 to 1. */
  share: number;
  /** At least one; names are unique. None of them needs an expected answer. */
  evaluators: EvaluatorSpec[];
  /** Model of judges that name none, as `provider/model`. */
  judgeModel?: string;
  /** Embedding model of evaluators that name none. */
  embeddingsModel?: string;
  /** US dollars that its judges may spend in any 60 minutes, over all processes of the workspace. */
  maxCostPerHourUsd?: number;
}

/** Which spans: all that is given must hold, of a list any. Texts may contain `*`. */
export interface MonitorMatch {
  kind?: readonly SpanRole[];
  service?: readonly string[];
  model?: readonly string[];
  release?: readonly string[];
  session?: readonly string[];
  name?: readonly string[];
  attributes?: Readonly<Record<string, string | number | boolean>>;
  /** Only spans without a parent, or only those with one. */
  root?: boolean;
}

/**
 * Judges of a monitor share a budget of their own, so that they take nothing from those of runs. Their queues say how many are asked
 * at once. No bulkhead of a file has such a name.
 */
export function monitorPool(monitor: string): string {
  return `monitor:${monitor}`;
}

export function monitorPools(monitors: readonly MonitorConfig[]): Record<string, PoolConfig> {
  return Object.fromEntries(
    monitors.map(({ name, maxCostPerHourUsd: most }) => [
      monitorPool(name),
      { owner: `the monitor '${name}'`, whenFull: 'reject', ...defined({ costPerHourUsd: most }) },
    ]),
  );
}

const words = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const kinds = z.union([z.enum(SPAN_ROLES), z.array(z.enum(SPAN_ROLES)).min(1)]);

const matchFile = z
  .strictObject({
    kind: kinds.optional().describe('What the span stands for, or a list of it.'),
    service: words
      .optional()
      .describe('Name of the service that sent it, or a list; "*" matches any characters.'),
    model: words.optional().describe('The model that answered, or a list; "*" matches any characters.'),
    release: words.optional().describe('Version of the service, or a list; "*" matches any characters.'),
    session: words.optional().describe('Session or conversation, or a list; "*" matches any characters.'),
    name: words
      .optional()
      .describe('Name of the span, of its tool or of its agent, or a list; "*" matches any characters.'),
    attributes: z
      .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('Attributes of the span and their values; in a string, "*" matches any characters.'),
    root: z
      .boolean()
      .optional()
      .describe('true: only the span that a trace begins with. false: only spans below another one.'),
  })
  .describe('Which spans are evaluated: those for which all of this holds.');

const budgetFile = z
  .strictObject({
    max_cost_usd: z.number().min(0).describe('Maximum cost in US dollars; 0 allows only free calls.'),
    per: z
      .literal('hour')
      .default('hour')
      .describe('In any 60 minutes, over all processes of the workspace.'),
  })
  .describe(
    'What the judges of the monitor may spend. Evaluations beyond it are dropped and counted. Default: no limit.',
  );

export const monitorFile = z.strictObject({
  description: z.string().optional().describe('Purpose of the monitor, shown in lists.'),
  match: matchFile,
  share: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe(
      'Share of the traces that are evaluated, 0 to 1; the trace id decides, the same for all monitors.',
    ),
  evaluators: z
    .array(z.unknown())
    .min(1)
    .describe('How spans are scored, as in suites. None may need an expected answer: live spans have none.'),
  ...judgingFields,
  budget: budgetFile.optional(),
});

type MatchFile = z.output<typeof matchFile>;

export function toMatch({
  kind,
  service,
  model,
  release,
  session,
  name,
  attributes,
  root,
}: MatchFile): MonitorMatch {
  const match: MonitorMatch = {};
  if (kind !== undefined) match.kind = listOf(kind);
  if (service !== undefined) match.service = listOf(service);
  if (model !== undefined) match.model = listOf(model);
  if (release !== undefined) match.release = listOf(release);
  if (session !== undefined) match.session = listOf(session);
  if (name !== undefined) match.name = listOf(name);
  if (attributes !== undefined) match.attributes = attributes;
  if (root !== undefined) match.root = root;
  return match;
}

function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
