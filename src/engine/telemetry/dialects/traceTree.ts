import type { AgentSpan, TokenUse } from '../../model/agentSpan.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import { completeTools } from './completeTools.ts';
import { countedSpans } from './countedSpans.ts';
import { readSpan } from './readSpan.ts';
import { type TraceNode, walk } from './traceNode.ts';

export interface TraceTree {
  traceId: string;
  /** In the order of their start, as children are. */
  roots: TraceNode[];
  startMs: number;
  endMs: number;
  spans: number;
  errors: number;
  /** Over the calls that count, each once; a count is null where none of them has it. */
  tokens: TokenUse;
  /** US dollars over the calls that count; null where the price of one is unknown. */
  costUsd: number | null;
  /** Ids of the spans whose tokens and cost are in the totals. */
  counted: ReadonlySet<string>;
  /** Ids of those of them whose price is unknown. */
  unpriced: ReadonlySet<string>;
  /** US dollars of the others, by their ids. */
  usd: ReadonlyMap<string, number>;
}

/** US dollars of one call; null where its price or its tokens are unknown. */
export type PriceSpan = (span: AgentSpan) => number | null;

/**
 * The spans of one trace as a tree, whatever is missing: a span whose parent has not come stands at the top, several with the
 * same missing parent below one node in its place, and a circle of parents is opened where it began first. A copy of a span
 * changes nothing.
 */
export function traceTree(
  records: readonly SpanRecord[],
  {
    logs = [],
    price = () => null,
    read = readSpan,
  }: { logs?: readonly LogRecord[]; price?: PriceSpan; read?: typeof readSpan } = {},
): TraceTree {
  const spoken = Map.groupBy(logs, ({ spanId }) => spanId);
  const unique = new Map(records.map((record) => [record.spanId, record]));
  const spans = completeTools([...unique.values()].map((record) => read(record, spoken.get(record.spanId))));
  const nodes = new Map(spans.map((span) => [span.record.spanId, nodeOf(span)]));
  const roots = inOrder(placed(nodes));

  return {
    traceId: records[0]?.traceId ?? '',
    roots,
    startMs: least(spans.map(({ record }) => record.startMs)),
    endMs: -least(spans.map(({ record }) => -record.endMs)),
    spans: spans.length,
    errors: spans.filter(({ error }) => error !== null).length,
    ...totals(countedSpans(roots), price),
  };
}

function nodeOf(span: AgentSpan): TraceNode {
  return { spanId: span.record.spanId, span, children: [] };
}

/** Hangs every node below its parent, and returns those that have none. */
function placed(nodes: ReadonlyMap<string, TraceNode>): TraceNode[] {
  const heads = cycleHeads(nodes);
  const orphans = new Map<string, TraceNode[]>();
  const roots: TraceNode[] = [];

  for (const node of nodes.values()) {
    const parentId = parentOf(node);
    const parent = parentId === null ? undefined : nodes.get(parentId);
    if (heads.has(node.spanId)) {
      node.inCycle = true;
      roots.push(node);
    } else if (parent) parent.children.push(node);
    else if (parentId === null) roots.push(node);
    else orphans.set(parentId, [...(orphans.get(parentId) ?? []), node]);
  }

  for (const [spanId, children] of orphans) {
    for (const child of children) child.orphan = true;
    if (children.length === 1) roots.push(...children);
    else roots.push({ spanId, span: null, children });
  }

  return roots;
}

/** In each circle of parents, the span that began first. */
function cycleHeads(nodes: ReadonlyMap<string, TraceNode>): Set<string> {
  const heads = new Set<string>();
  const done = new Set<string>();

  for (const start of nodes.values()) {
    const path: TraceNode[] = [];
    const onPath = new Set<string>();
    let at: TraceNode | undefined = start;
    while (at && !done.has(at.spanId) && !onPath.has(at.spanId)) {
      path.push(at);
      onPath.add(at.spanId);
      at = nodes.get(parentOf(at) ?? '');
    }

    if (at && onPath.has(at.spanId)) {
      const circle = path.slice(path.indexOf(at));
      const [first] = circle.sort((a, b) => startOf(a) - startOf(b) || (a.spanId < b.spanId ? -1 : 1));
      if (first) heads.add(first.spanId);
    }
    for (const { spanId } of path) done.add(spanId);
  }

  return heads;
}

/** Children and roots by their start; a node that stands for a missing span by its earliest child. */
function inOrder(roots: TraceNode[]): TraceNode[] {
  for (const { node } of [...walk(roots)]) sort(node.children);
  return sort(roots);
}

function sort(nodes: TraceNode[]): TraceNode[] {
  return nodes.sort((a, b) => startOf(a) - startOf(b) || (a.spanId < b.spanId ? -1 : 1));
}

function startOf(node: TraceNode): number {
  return node.span?.record.startMs ?? least(node.children.map(startOf));
}

function parentOf({ span }: TraceNode): string | null {
  return span?.record.parentSpanId ?? null;
}

function totals(counted: readonly AgentSpan[], price: PriceSpan) {
  const prices = counted.map((span) => ({ id: span.record.spanId, usd: span.reportedUsd ?? price(span) }));
  const unpriced = prices.filter(({ usd }) => usd === null).map(({ id }) => id);
  return {
    tokens: {
      input: sum(counted, 'input'),
      output: sum(counted, 'output'),
      cached: sum(counted, 'cached'),
      cacheWrite: sum(counted, 'cacheWrite'),
      reasoning: sum(counted, 'reasoning'),
    },
    costUsd:
      counted.length === 0 || unpriced.length > 0
        ? null
        : prices.reduce((total, { usd }) => total + (usd ?? 0), 0),
    counted: new Set(prices.map(({ id }) => id)),
    unpriced: new Set(unpriced),
    usd: new Map(prices.flatMap(({ id, usd }) => (usd === null ? [] : [[id, usd] as const]))),
  };
}

function sum(spans: readonly AgentSpan[], key: keyof TokenUse): number | null {
  const known = spans.flatMap(({ tokens }) => tokens?.[key] ?? []);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function least(values: readonly number[]): number {
  return values.reduce((smallest, value) => Math.min(smallest, value), Number.POSITIVE_INFINITY);
}
