import type { AgentSpan, SpanPart } from '../../model/agentSpan.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';

type ToolCallPart = Extract<SpanPart, { type: 'tool-call' }>;

/**
 * Gives tools the arguments that their own spans do not have: LangChain's say `A1001` where the model asked for
 * `{ order_id: "A1001" }`. The model's call is found by its id, else by its name and the value.
 */
export function completeTools(spans: readonly AgentSpan[]): AgentSpan[] {
  const calls = spans.flatMap((span) =>
    toolCallsIn(span).map((call) => ({ call, atMs: span.record.startMs })),
  );
  if (calls.length === 0) return [...spans];

  return spans.map((span) => {
    const { tool } = span;
    if (!tool || isJsonObject(tool.arguments)) return span;

    const asked = calls.findLast(
      ({ call, atMs }) =>
        atMs <= span.record.startMs && isCallOf(call, tool.name, tool.callId, tool.arguments),
    );
    if (!asked) return span;
    return {
      ...span,
      tool: { ...tool, arguments: asked.call.arguments, callId: tool.callId ?? asked.call.id },
    };
  });
}

/** The calls that a model asked for in its answer. */
export function toolCallsIn({ role, output }: AgentSpan): ToolCallPart[] {
  if (role !== 'model' || output?.kind !== 'messages') return [];
  return output.messages.flatMap(({ parts }) => parts.filter((part) => part.type === 'tool-call'));
}

function isCallOf(
  call: ToolCallPart,
  name: string,
  callId: string | null,
  given: JsonValue | undefined,
): boolean {
  if (callId !== null && call.id !== null) return callId === call.id;
  if (call.name !== name) return false;
  return (
    given === undefined || (isJsonObject(call.arguments) && Object.values(call.arguments).includes(given))
  );
}
