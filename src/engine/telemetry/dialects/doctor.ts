import type { AgentSpan, Convention } from '../../model/agentSpan.ts';
import { repeatedSpans } from './countedSpans.ts';
import { walk } from './traceNode.ts';
import type { TraceTree } from './traceTree.ts';

/** What is odd about a trace, for whoever instrumented the agent. */
export type TraceFinding =
  | { kind: 'deprecated'; name: string; instead: string | null; spans: string[] }
  | { kind: 'not-understood'; name: string; spans: string[] }
  | { kind: 'cut'; name: string; spans: string[] }
  /** Tokens that a span repeats and that are counted below it; whoever adds up all spans counts them twice. */
  | { kind: 'counted-once'; spans: string[]; inputTokens: number; outputTokens: number }
  | { kind: 'unpriced'; model: string | null; spans: string[] }
  | { kind: 'no-tokens'; spans: string[] }
  | { kind: 'no-content'; spans: string[] }
  | { kind: 'missing-parent'; spans: string[] }
  | { kind: 'cycle'; spans: string[] }
  | { kind: 'no-convention'; spans: string[] };

export interface TraceDiagnosis {
  /** How many spans follow each convention. */
  conventions: { convention: Convention; spans: number }[];
  findings: TraceFinding[];
}

export function diagnose(tree: TraceTree): TraceDiagnosis {
  const nodes = [...walk(tree.roots)].map(({ node }) => node);
  const spans = nodes.flatMap(({ span }) => (span ? [span] : []));
  const counts = new Map<Convention, number>();
  for (const { conventions } of spans)
    for (const convention of conventions) counts.set(convention, (counts.get(convention) ?? 0) + 1);

  return {
    conventions: [...counts]
      .map(([convention, count]) => ({ convention, spans: count }))
      .sort((a, b) => b.spans - a.spans),
    findings: [
      ...structure(nodes),
      ...repeated(tree),
      ...unpriced(spans, tree),
      ...missing(spans),
      ...names(spans),
    ],
  };
}

function structure(nodes: readonly { spanId: string; inCycle?: true; orphan?: true }[]): TraceFinding[] {
  return [
    ...found(
      'missing-parent',
      nodes.filter(({ orphan }) => orphan).map(({ spanId }) => spanId),
    ),
    ...found(
      'cycle',
      nodes.filter(({ inCycle }) => inCycle).map(({ spanId }) => spanId),
    ),
  ];
}

function repeated(tree: TraceTree): TraceFinding[] {
  const again = repeatedSpans(tree.roots, tree.counted);
  if (again.length === 0) return [];
  const sum = (key: 'input' | 'output') =>
    again.reduce((total, { tokens }) => total + (tokens?.[key] ?? 0), 0);
  return [
    { kind: 'counted-once', spans: idsOf(again), inputTokens: sum('input'), outputTokens: sum('output') },
  ];
}

function unpriced(spans: readonly AgentSpan[], { unpriced: ids }: TraceTree): TraceFinding[] {
  const without = spans.filter(({ record }) => ids.has(record.spanId));
  return [...Map.groupBy(without, ({ model }) => model)].map(([model, group]) => ({
    kind: 'unpriced',
    model,
    spans: idsOf(group),
  }));
}

function missing(spans: readonly AgentSpan[]): TraceFinding[] {
  const models = spans.filter(({ role }) => role === 'model');
  const tokens = idsOf(models.filter((span) => span.tokens === null));
  const content = idsOf(models.filter(({ input, output }) => input === null && output === null));
  const strange = idsOf(spans.filter(({ conventions }) => conventions.length === 0));
  return [...found('no-tokens', tokens), ...found('no-content', content), ...found('no-convention', strange)];
}

function names(spans: readonly AgentSpan[]): TraceFinding[] {
  const deprecated = new Map<string, TraceFinding & { kind: 'deprecated' }>();
  const unknown = new Map<string, string[]>();
  const cut = new Map<string, string[]>();
  for (const { record, ...span } of spans) {
    for (const { name, instead } of span.deprecated) {
      const known = deprecated.get(name) ?? { kind: 'deprecated' as const, name, instead, spans: [] };
      known.spans.push(record.spanId);
      deprecated.set(name, known);
    }
    for (const name of span.unknown) unknown.set(name, [...(unknown.get(name) ?? []), record.spanId]);
    for (const name of span.cut) cut.set(name, [...(cut.get(name) ?? []), record.spanId]);
  }

  return [
    ...deprecated.values(),
    ...[...unknown].map(([name, ids]) => ({ kind: 'not-understood' as const, name, spans: ids })),
    ...[...cut].map(([name, ids]) => ({ kind: 'cut' as const, name, spans: ids })),
  ];
}

function found(
  kind: 'missing-parent' | 'cycle' | 'no-tokens' | 'no-content' | 'no-convention',
  spans: string[],
): TraceFinding[] {
  return spans.length === 0 ? [] : [{ kind, spans }];
}

function idsOf(spans: readonly AgentSpan[]): string[] {
  return spans.map(({ record }) => record.spanId);
}
