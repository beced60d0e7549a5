import type { AgentSpan } from '../../model/agentSpan.ts';

/** A span in its place. */
export interface TraceNode {
  spanId: string;
  /** Null where a span is spoken of and has not come: its children are kept together below it. */
  span: AgentSpan | null;
  children: TraceNode[];
  /** Its parent is among its own descendants, so that it stands at the top. */
  inCycle?: true;
  /** Its parent has not come. */
  orphan?: true;
}

/** All nodes from the top down, placeholders included. No recursion: a trace may be a chain of thousands. */
export function* walk(roots: readonly TraceNode[]): Generator<{ node: TraceNode; depth: number }> {
  const open = roots.toReversed().map((node) => ({ node, depth: 0 }));
  for (let next = open.pop(); next; next = open.pop()) {
    yield next;
    const { node, depth } = next;
    for (const child of node.children.toReversed()) open.push({ node: child, depth: depth + 1 });
  }
}
