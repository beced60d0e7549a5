import type { AgentSpan, SpanContent, SpanPart, SpanRole } from '../model/agentSpan.ts';
import { canonicalJson, type JsonValue } from '../model/json.ts';
import { TOUCHSTONE } from '../telemetry/attributes.ts';
import { type TraceNode, walk } from '../telemetry/dialects/traceNode.ts';
import type { TraceTree } from '../telemetry/dialects/traceTree.ts';

/** One thing that an agent did. */
export interface TraceStep {
  spanId: string;
  /** What it is aligned by: `model`, or the role and name of anything else. */
  key: string;
  role: SpanRole;
  title: string;
  model: string | null;
  /** A tool's arguments, as canonical JSON; null where they are unknown. */
  arguments: string | null;
  /** A tool's result as canonical JSON, or what a model answered and asked for. */
  result: string | null;
  error: string | null;
  tokens: number | null;
  /** US dollars. */
  costUsd: number | null;
  durationMs: number;
}

/** What an agent did in one trial. */
export interface TraceTrial {
  steps: TraceStep[];
  durationMs: number;
  tokens: number | null;
  costUsd: number | null;
}

const STEPS: ReadonlySet<SpanRole> = new Set([
  'model',
  'tool',
  'retrieval',
  'embedding',
  'agent',
  'guardrail',
]);

/** The trials in a trace, in their order: those of a case, without its evaluations; else the whole is one. */
export function trialsOf(tree: TraceTree): TraceTrial[] {
  const trials = [...walk(tree.roots)]
    .map(({ node }) => node)
    .filter(({ span }) => span?.record.attributes[TOUCHSTONE.trial] !== undefined)
    .flatMap(
      (trial) => trial.children.find(({ span }) => /^invoke_agent( |$)/.test(span?.record.name ?? '')) ?? [],
    );
  if (trials.length === 0) return [trialOf(tree.roots, tree, tree.endMs - tree.startMs)];
  return trials.map((call) => {
    const { record } = call.span ?? {};
    const below = call.children.length > 0 ? call.children : [call];
    return trialOf(below, tree, record ? record.endMs - record.startMs : 0);
  });
}

function trialOf(roots: readonly TraceNode[], tree: TraceTree, durationMs: number): TraceTrial {
  const spans = [...walk(roots)]
    .flatMap(({ node }) => node.span ?? [])
    .sort((a, b) => a.record.startMs - b.record.startMs);
  const counted = spans.filter(({ record }) => tree.counted.has(record.spanId));
  const costs = counted.map(({ record }) => tree.usd.get(record.spanId) ?? null);
  return {
    steps: spans.filter(({ role }) => STEPS.has(role)).map((span) => stepOf(span, tree)),
    durationMs,
    tokens: total(counted.map(tokensOf)),
    costUsd: total(costs),
  };
}

function stepOf(span: AgentSpan, tree: TraceTree): TraceStep {
  const { record, role, title, model, tool, error, output } = span;
  const isCounted = tree.counted.has(record.spanId);
  return {
    spanId: record.spanId,
    key: role === 'model' ? 'model' : `${role} ${title}`,
    role,
    title,
    model,
    arguments: tool ? textOf(tool.arguments) : null,
    result: tool ? textOf(tool.result) : role === 'model' ? said(output) : null,
    error: error?.message ?? null,
    tokens: isCounted ? tokensOf(span) : null,
    costUsd: isCounted ? (tree.usd.get(record.spanId) ?? null) : null,
    durationMs: record.endMs - record.startMs,
  };
}

/** What a model answered and asked for, without what is another each time: ids of calls, and how it came to it. */
function said(output: SpanContent | null): string | null {
  if (output === null) return null;
  if (output.kind === 'value') return typeof output.value === 'string' ? output.value : textOf(output.value);
  const lines = output.messages.flatMap(({ parts }) => parts.flatMap((part) => partText(part) ?? []));
  return lines.length > 0 ? lines.join('\n') : null;
}

function partText(part: SpanPart): string | null {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'reasoning':
      return null;
    case 'tool-call':
      return `calls ${part.name}(${textOf(part.arguments) ?? ''})`;
    case 'tool-result':
      return textOf(part.result);
    case 'media':
      return part.uri ?? part.mediaType;
    case 'other':
      return textOf(part.value);
  }
}

function tokensOf({ tokens }: AgentSpan): number | null {
  if (!tokens || (tokens.input === null && tokens.output === null)) return null;
  return (tokens.input ?? 0) + (tokens.output ?? 0);
}

/** Null where one is unknown, or there is none. */
function total(values: readonly (number | null)[]): number | null {
  if (values.length === 0 || values.includes(null)) return null;
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

function textOf(value: JsonValue | null | undefined): string | null {
  return value === undefined || value === null ? null : canonicalJson(value);
}
