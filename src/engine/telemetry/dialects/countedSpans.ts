import type { AgentSpan } from '../../model/agentSpan.ts';
import { type TraceNode, walk } from './traceNode.ts';

/**
 * The spans whose tokens and cost make up those of a trace. Frameworks repeat the tokens of a call in the spans around it, as a
 * total or as those of the last call: a span counts only where nothing below it does.
 */
export function countedSpans(roots: readonly TraceNode[]): AgentSpan[] {
  const counted: AgentSpan[] = [];
  const covered = new Set<TraceNode>();

  // From the leaves up: in this order, a node comes after all that is below it.
  for (const { node } of [...walk(roots)].reverse()) {
    const below = node.children.some((child) => covered.has(child));
    const own = node.span?.tokens ?? null;
    if (below || own !== null) covered.add(node);
    if (!below && own !== null && node.span) counted.push(node.span);
  }

  return counted.reverse();
}

/** The spans that tell tokens again which are counted below them. */
export function repeatedSpans(roots: readonly TraceNode[], counted: ReadonlySet<string>): AgentSpan[] {
  return [...walk(roots)].flatMap(({ node: { span } }) =>
    span?.tokens && !counted.has(span.record.spanId) ? [span] : [],
  );
}
