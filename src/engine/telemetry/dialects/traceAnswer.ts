import type { AgentSpan, TokenUse } from '../../model/agentSpan.ts';
import type { JsonValue } from '../../model/json.ts';
import type { ToolCall } from '../../model/message.ts';
import type { Step } from '../../model/output.ts';
import { toolCallsIn } from './completeTools.ts';
import { walk } from './traceNode.ts';
import type { TraceTree } from './traceTree.ts';

/** What a trace shows of an agent's answer, for whoever evaluates it. */
export interface TraceAnswer {
  /** Model calls and tools, in the order of their start. */
  steps: Step[];
  toolCalls: ToolCall[];
  tokens: TokenUse;
  costUsd: number | null;
  /** The last model that answered. */
  model: string | null;
}

export function traceAnswer(tree: TraceTree): TraceAnswer {
  const spans = [...walk(tree.roots)]
    .flatMap(({ node }) => (node.span ? [node.span] : []))
    .sort((a, b) => a.record.startMs - b.record.startMs);

  const steps = spans.flatMap(stepOf);
  const tools = spans.flatMap(({ tool }) => (tool ? [tool] : []));
  const asked = spans.flatMap(toolCallsIn);
  const ids = new Set(tools.map(({ callId }) => callId));
  // Some send no spans of tools: what the model asked for is then all that is known.
  const unseen = asked.filter(({ id, name }) =>
    id !== null && ids.size > 0 && !ids.has(null) ? !ids.has(id) : !tools.some((tool) => tool.name === name),
  );

  return {
    steps,
    toolCalls: [
      ...tools.map((tool) => toCall(tool.callId, tool.name, tool.arguments)),
      ...unseen.map((call) => toCall(call.id, call.name, call.arguments)),
    ],
    tokens: tree.tokens,
    costUsd: tree.costUsd,
    model: spans.findLast(({ role, model }) => role === 'model' && model !== null)?.model ?? null,
  };
}

function stepOf(span: AgentSpan): Step[] {
  const latencyMs = span.record.endMs - span.record.startMs;
  if (span.tool) {
    const { name, arguments: given, result } = span.tool;
    return [
      {
        type: 'tool',
        name,
        ...(given === undefined ? {} : { arguments: given }),
        ...(result === undefined ? {} : { output: result }),
        latencyMs,
      },
    ];
  }
  return span.role === 'model' ? [{ type: 'model', name: span.title, latencyMs }] : [];
}

function toCall(id: string | null, name: string, given: JsonValue | undefined): ToolCall {
  return { ...(id === null ? {} : { id }), name, arguments: given ?? {} };
}
