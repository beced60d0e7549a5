import type { AgentSpan, SpanRole } from '../model/agentSpan.ts';
import type { TraceNode } from '../telemetry/dialects/traceNode.ts';
import { walk } from '../telemetry/dialects/traceNode.ts';
import type { PriceSpan, TraceTree } from '../telemetry/dialects/traceTree.ts';
import { lowestScore, type SpanEvaluation } from './spanEvaluations.ts';

/** A span as a line of a tree. */
export interface SpanRow {
  id: string;
  /** Of the node above; null at the top. */
  parent: string | null;
  depth: number;
  /** Directly below it. */
  children: number;
  /** All that is below it. */
  below: number;
  title: string;
  role: SpanRole;
  /** `missing` stands for a span that is spoken of and has not come, `orphan` is one whose parent has not. */
  place: 'here' | 'missing' | 'orphan' | 'cycle';
  /** Milliseconds since the epoch; of what is below where the span itself is missing. */
  startMs: number;
  endMs: number;
  inputTokens: number | null;
  outputTokens: number | null;
  /** US dollars; null where unknown. */
  costUsd: number | null;
  /** Its tokens are part of the totals, and their price is unknown. */
  unpriced: boolean;
  /** It repeats tokens that are counted below it. */
  repeated: boolean;
  /** On one line. */
  error: string | null;
  /** Spans with errors below it. */
  errorsBelow: number;
  /** The lowest of its evaluations. */
  score: number | null;
  model: string | null;
  service: string;
}

/** Longest text of an error in a row, in UTF-16 units. */
const ERROR_LENGTH = 200;

/** The lines of a trace from the top down, parents before what is below them. */
export function spanRows(
  tree: TraceTree,
  { evaluations, price }: { evaluations: readonly SpanEvaluation[]; price: PriceSpan },
): SpanRow[] {
  const said = Map.groupBy(evaluations, ({ spanId }) => spanId);
  const rows: SpanRow[] = [];
  const path: SpanRow[] = [];

  for (const { node, depth } of walk(tree.roots)) {
    path.length = depth;
    const row = rowOf(node, { tree, price, score: lowestScore(said.get(node.spanId) ?? []) });
    row.depth = depth;
    row.parent = path.at(-1)?.id ?? null;
    rows.push(row);
    path.push(row);
  }

  addUp(rows);
  return rows;
}

function rowOf(
  { spanId, span, children, orphan, inCycle }: TraceNode,
  { tree, price, score }: { tree: TraceTree; price: PriceSpan; score: number | null },
): SpanRow {
  const row = { id: spanId, parent: null, depth: 0, children: children.length, below: 0, errorsBelow: 0 };
  if (!span) {
    return {
      ...row,
      ...{ title: '', role: 'other', place: 'missing', startMs: Infinity, endMs: -Infinity },
      ...{ inputTokens: null, outputTokens: null, costUsd: null, unpriced: false, repeated: false },
      ...{ error: null, score, model: null, service: '' },
    };
  }

  const { record, title, role, tokens, model, error } = span;
  const counted = tree.counted.has(spanId);
  return {
    ...row,
    title,
    role,
    place: inCycle ? 'cycle' : orphan ? 'orphan' : 'here',
    startMs: record.startMs,
    endMs: record.endMs,
    inputTokens: tokens?.input ?? null,
    outputTokens: tokens?.output ?? null,
    costUsd: costOf(span, price),
    unpriced: tree.unpriced.has(spanId),
    repeated: tokens !== null && !counted,
    error: error === null ? null : oneLine(error.message || (error.type ?? '')),
    score,
    model,
    service: record.service,
  };
}

function costOf(span: AgentSpan, price: PriceSpan): number | null {
  return span.tokens === null && span.reportedUsd === null ? null : (span.reportedUsd ?? price(span));
}

/** What is below each row, and the time of what is missing, from the last row up. */
function addUp(rows: readonly SpanRow[]): void {
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const row of rows.toReversed()) {
    const parent = row.parent === null ? undefined : byId.get(row.parent);
    if (!parent) continue;
    parent.below += row.below + 1;
    parent.errorsBelow += row.errorsBelow + (row.error === null ? 0 : 1);
    if (parent.place !== 'missing') continue;
    parent.startMs = Math.min(parent.startMs, row.startMs);
    parent.endMs = Math.max(parent.endMs, row.endMs);
  }
}

function oneLine(text: string): string {
  const line = text
    .slice(0, 2 * ERROR_LENGTH)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= ERROR_LENGTH ? line : `${line.slice(0, ERROR_LENGTH).toWellFormed()}…`;
}
