import type { JsonValue } from '../model/json.ts';
import type { ToolCall } from '../model/message.ts';
import type { FromTrace, Output, Step, Usage } from '../model/output.ts';

/** What the spans of an agent show of one call. */
export interface ShownByTrace {
  /** Model calls and tools in the order of their start. */
  steps: Step[];
  toolCalls: ToolCall[];
  usage: Usage | null;
  /** The last model that answered. */
  model: string | null;
  /** US dollars; null where the price of one call is unknown. */
  costUsd: number | null;
}

/** Receives what an agent traces of itself in one call. */
export interface CallTraces {
  /** Where it may send its spans over OTLP: a URL that leads to this call alone. Undefined where nothing is received. */
  endpoint(): Promise<string | undefined>;
  /** Takes spans that it left behind: one `ExportTraceServiceRequest` of OTLP in JSON, not yet checked. */
  take(request: JsonValue): void;
  /** Takes those lines of its output that are log lines in JSON with ids of a trace or span; returns the others. */
  takeLines(lines: readonly string[]): string[];
  /**
   * The call is over: waits a while for what is under way, then tells what the spans show; null where there are none.
   * `elsewhere`: the agent is known to have a receiver of its own, which may be ours.
   */
  close(options: { elsewhere: boolean; signal: AbortSignal }): Promise<ShownByTrace | null>;
}

/** The output with what its reply does not give and the spans show, marked as such. */
export function withTrace<T extends Output>(output: T, shown: ShownByTrace | null): T {
  if (!shown) return output;
  const { steps, toolCalls, usage, model, costUsd } = shown;
  const from: FromTrace[] = [];
  const filled = { ...output };

  const told = output.steps.length > 0;
  if (!told && steps.length > 0) {
    filled.steps = steps;
    from.push('steps');
  }
  if (!told && output.toolCalls.length === 0 && toolCalls.length > 0) {
    filled.toolCalls = toolCalls;
    from.push('tool_calls');
  }

  const priced = output.usage !== null && output.model !== undefined;
  if (output.usage === null && usage !== null) {
    filled.usage = usage;
    from.push('usage');
  }
  if (output.model === undefined && model !== null) {
    filled.model = model;
    from.push('model');
  }
  if (output.costUsd === null && costUsd !== null && !priced) {
    filled.costUsd = costUsd;
    from.push('cost_usd');
  }

  if (from.length > 0) filled.fromTrace = from;
  return filled;
}
