import type { AgentSpan, SpanContent } from '../engine/model/agentSpan.ts';
import { walk } from '../engine/telemetry/dialects/traceNode.ts';
import type { OpenTrace, TraceReader } from '../engine/traces/traceReader.ts';
import type { TraceComparison } from '../protocol/traceCalls.ts';

type Step = NonNullable<TraceComparison['steps'][number]['before']>;

/** Longest text of a step, in UTF-16 units. */
const TEXT_LENGTH = 400;
/** Steps of each trace that are compared: the work grows with their product. */
const MOST_STEPS = 1_000;

/** Two traces step by step: calls of models and tools in their order, each beside the one that it corresponds to. */
export function comparedTraces(reader: TraceReader, before: string, after: string): TraceComparison | null {
  const [first, second] = [reader.trace(before), reader.trace(after)];
  if (!first || !second) return null;

  const steps = aligned(stepsOf(first), stepsOf(second));
  const divergence = steps.findIndex(({ change }) => change !== 'same');
  return {
    before: reader.summaryOf(first),
    after: reader.summaryOf(second),
    steps,
    firstDivergence: divergence < 0 ? null : divergence,
  };
}

function stepsOf({ tree }: OpenTrace): Step[] {
  return [...walk(tree.roots)]
    .flatMap(({ node }) => (node.span && isStep(node.span) ? [node.span] : []))
    .sort((a, b) => a.record.startMs - b.record.startMs)
    .slice(0, MOST_STEPS)
    .map((span) => ({
      spanId: span.record.spanId,
      title: span.title,
      role: span.role,
      ms: Math.max(0, span.record.endMs - span.record.startMs),
      text: textOf(span),
    }));
}

function isStep({ role }: AgentSpan): boolean {
  return (
    role === 'model' ||
    role === 'tool' ||
    role === 'retrieval' ||
    role === 'embedding' ||
    role === 'guardrail'
  );
}

/** By the longest common subsequence of kinds and names, so that one more call moves nothing else. */
function aligned(before: readonly Step[], after: readonly Step[]): TraceComparison['steps'] {
  const width = after.length + 1;
  const longest = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      longest[i * width + j] = isSame(before[i], after[j])
        ? (longest[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(longest[(i + 1) * width + j] ?? 0, longest[i * width + j + 1] ?? 0);

  const steps: TraceComparison['steps'] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [left, right] = [before[i] ?? null, after[j] ?? null];
    if (left && right && isSame(left, right)) {
      steps.push({ change: left.text === right.text ? 'same' : 'changed', before: left, after: right });
      i += 1;
      j += 1;
    } else if (right && (!left || (longest[i * width + j + 1] ?? 0) > (longest[(i + 1) * width + j] ?? 0))) {
      steps.push({ change: 'added', before: null, after: right });
      j += 1;
    } else {
      steps.push({ change: 'removed', before: left, after: null });
      i += 1;
    }
  }
  return steps;
}

function isSame(a: Step | undefined, b: Step | undefined): boolean {
  return a !== undefined && b !== undefined && a.role === b.role && a.title === b.title;
}

/** What a step says: a tool by its arguments and result, a call by its answer. */
function textOf({ tool, output, error }: AgentSpan): string {
  const said = tool
    ? `${JSON.stringify(tool.arguments ?? null)} → ${JSON.stringify(tool.result ?? null)}`
    : contentText(output);
  const text = error === null ? said : `${said} ✗ ${error.message}`;
  return text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH).toWellFormed()}…` : text;
}

function contentText(content: SpanContent | null): string {
  if (content === null) return '';
  if (content.kind === 'value')
    return typeof content.value === 'string' ? content.value : JSON.stringify(content.value);
  return content.messages
    .flatMap(({ parts }) => parts)
    .map((part) => {
      if (part.type === 'text') return part.text;
      return part.type === 'tool-call' ? `${part.name}(${JSON.stringify(part.arguments)})` : '';
    })
    .filter(Boolean)
    .join('\n');
}
