import type { EvaluationInput } from '../evaluators/evaluator.ts';
import type { AgentSpan, SpanContent } from '../model/agentSpan.ts';
import type { GoldenCase } from '../model/case.ts';
import { defined } from '../model/defined.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import { usageOf } from '../model/tokenUsage.ts';
import { endingOf } from '../models/wire/finishReasons.ts';
import type { readSpan } from '../telemetry/dialects/readSpan.ts';
import { traceAnswer } from '../telemetry/dialects/traceAnswer.ts';
import { walk } from '../telemetry/dialects/traceNode.ts';
import { type PriceSpan, traceTree } from '../telemetry/dialects/traceTree.ts';
import { answerOf, asText, inputOf, said } from '../traces/caseFromSpan.ts';

/** What evaluators see of a live span. */
export interface LiveInput extends EvaluationInput {
  /** Why its answer cannot be scored: it is not whole, or was not sent. Null where it can. */
  textProblem: string | null;
  /** Why the tools that were called are unknown; null where they are known. */
  toolsProblem: string | null;
}

/** Characters of an answer that are evaluated; a longer one would hold up the others. */
const MOST_TEXT = 1_000_000;
/** What is sent where a sender's limit of attributes cut an answer off. */
const OUTPUT_NAMES = /output|completion|response|result|answer/i;

/**
 * The span with what has come of the spans below it, as a case without an expectation and its output. `records` are those of its
 * trace. What failed is no answer: its reason is returned.
 */
export function liveInput(
  spanId: string,
  { spans, logs }: { spans: readonly SpanRecord[]; logs: readonly LogRecord[] },
  { price, read }: { price: PriceSpan; read: typeof readSpan },
): LiveInput | { failed: string } | undefined {
  const below = subtree(spans, spanId);
  const ids = new Set(below.map((record) => record.spanId));
  const tree = traceTree(below, { price, read, logs: logs.filter((line) => ids.has(line.spanId)) });
  const all = [...walk(tree.roots)].flatMap(({ node }) => node.span ?? []);
  const span = all.find(({ record }) => record.spanId === spanId);
  if (!span) return undefined;
  if (span.error) return { failed: `the span failed: ${span.error.message || (span.error.type ?? 'error')}` };

  const calls = all.filter(({ role }) => role === 'model').sort(byStart);
  const { steps, toolCalls, tokens, costUsd, model } = traceAnswer(tree);
  const input =
    said(span.input) ?? (span.role === 'tool' ? null : said((calls[0] ?? agentBelow(all, span))?.input));
  // An exchange of the gateway says nothing itself: whom it asked last has answered.
  const answering = span.output ? span : (calls.at(-1) ?? agentBelow(all, span) ?? span);
  const output = answering.output;
  const answer = answerFrom(span, output);
  const problem = textProblem(answering, answer);

  return {
    case: caseOf(span, input),
    output: {
      status: 'complete',
      text: answer?.text ?? '',
      ...defined({ json: answer?.json, model: span.model ?? model ?? undefined }),
      ...{ steps, toolCalls, usage: usageOf(tokens), costUsd },
      latencyMs: span.record.endMs - span.record.startMs,
      finishReason: span.finishReasons[0] ?? null,
    },
    textProblem: problem,
    // A model asks for tools in its answer; those that an agent called have spans of their own.
    toolsProblem: span.role === 'model' ? problem : null,
  };
}

/** Whether a span tells all that evaluators see of it, so that the rest of its trace need not be read. */
export function standsAlone({ role, tool, output, error }: AgentSpan): boolean {
  if (error !== null) return true;
  if (tool) return isJsonObject(tool.arguments) && tool.result !== undefined;
  return role === 'model' && output !== null;
}

function caseOf(span: AgentSpan, input: SpanContent | null): GoldenCase {
  return { id: span.record.spanId, ...inputOf({ ...span, input }) };
}

function answerFrom(span: AgentSpan, output: SpanContent | null): { text: string; json?: JsonValue } | null {
  if (span.tool) {
    const { result } = span.tool;
    return result === undefined ? null : answer(asText(result), result);
  }
  if (!output) return null;
  return answer(answerOf(output), output.kind === 'value' ? output.value : undefined);
}

function answer(text: string, value: JsonValue | undefined): { text: string; json?: JsonValue } {
  return typeof value === 'object' && value !== null ? { text, json: value } : { text };
}

function textProblem(span: AgentSpan, found: { text: string } | null): string | null {
  if (!found) return 'the span does not say what came out: its sender leaves content out';
  if (found.text.length > MOST_TEXT) return `the answer has more than ${MOST_TEXT} characters`;
  if (span.cut.some((name) => OUTPUT_NAMES.test(name)))
    return 'the answer was cut off by a limit of the sender';

  const [reason] = span.role === 'model' ? span.finishReasons : [];
  switch (reason === undefined ? 'natural' : endingOf(reason)) {
    case 'cut':
      return 'the answer reached its token limit';
    case 'filtered':
      return "the provider's content filter stopped the answer";
    case 'broken':
      return `the answer is incomplete: finish reason ${reason}`;
    default:
      return null;
  }
}

/** The span and all below it, whatever circles their parents make. */
function subtree(spans: readonly SpanRecord[], spanId: string): SpanRecord[] {
  const children = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId);
  const found = new Map<string, SpanRecord>();
  const open = spans.filter((record) => record.spanId === spanId);
  for (let next = open.pop(); next; next = open.pop()) {
    if (found.has(next.spanId)) continue;
    found.set(next.spanId, next);
    open.push(...(children.get(next.spanId) ?? []));
  }
  return [...found.values()];
}

function agentBelow(all: readonly AgentSpan[], span: AgentSpan): AgentSpan | undefined {
  return all
    .filter((one) => one.role === 'agent' && one !== span)
    .sort(byStart)
    .at(-1);
}

function byStart(a: AgentSpan, b: AgentSpan): number {
  return a.record.startMs - b.record.startMs;
}
