import type { LogRecord } from '../model/span.ts';
import { walk } from '../telemetry/dialects/traceNode.ts';
import type { TraceTree } from '../telemetry/dialects/traceTree.ts';

/** The lines with the span at which they are shown: their own, else the first root, for those of no span or one that has not come. */
export function placedLogs(tree: TraceTree, logs: readonly LogRecord[]): LogRecord[] {
  const [root] = tree.roots;
  if (!root || logs.length === 0) return [...logs];
  const known = new Set([...walk(tree.roots)].map(({ node }) => node.spanId));
  return logs.map((line) => (known.has(line.spanId) ? line : { ...line, spanId: root.spanId }));
}
