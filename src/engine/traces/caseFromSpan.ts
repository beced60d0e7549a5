import { deriveId } from '../datasets/import/caseIds.ts';
import type { AgentSpan, SpanContent, SpanMessage } from '../model/agentSpan.ts';
import type { CaseMessage, ExpectedOutput, GoldenCase } from '../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { toolCallsIn } from '../telemetry/dialects/completeTools.ts';
import { walk } from '../telemetry/dialects/traceNode.ts';
import type { TraceTree } from '../telemetry/dialects/traceTree.ts';
import { findSensitive, redacted, type SensitivePlace } from './sensitiveData.ts';

/** A case that a span would make, to be looked at before it is written. */
export interface CaseProposal {
  /** With everything that was sent. */
  whole: GoldenCase;
  /** Without what was found. */
  redacted: GoldenCase;
  /** Secrets and personal data in `whole`; empty where both are the same. */
  sensitive: SensitivePlace[];
}

/** What these were given is not what the agent was asked. */
const APART: ReadonlySet<string> = new Set(['tool', 'retrieval', 'embedding', 'evaluator', 'guardrail']);

/** The case of a whole trace: what its root was asked and answered, else its first and its last model call. Null where neither is known. */
export function caseFromTrace(tree: TraceTree): CaseProposal | null {
  const spans = spansOf(tree);
  const [root] = spans;
  if (!root) return null;

  const calls = spans
    .filter(({ role }) => role === 'model')
    .toSorted((a, b) => a.record.startMs - b.record.startMs);
  const answers = root.role !== 'model' || calls.length === 1;
  const input = said(answers ? root.input : null) ?? said(calls[0]?.input) ?? firstInput(spans);
  const output = said(answers ? root.output : null) ?? said(calls.at(-1)?.output);
  const role = calls.length === 1 ? root.role : 'agent';
  return proposal({ ...root, role, input, output }, originOf(tree, root));
}

/** The case of one span. Null where the span does not say what went in, or the trace has no such span. */
export function caseFromSpan(tree: TraceTree, spanId: string): CaseProposal | null {
  const span = spansOf(tree).find(({ record }) => record.spanId === spanId);
  return span ? proposal(span, { ...originOf(tree, span), span_id: spanId }) : null;
}

function spansOf(tree: TraceTree): AgentSpan[] {
  return [...walk(tree.roots)].flatMap(({ node }) => node.span ?? []);
}

/** Where a case is from. */
function originOf(tree: TraceTree, span: AgentSpan): JsonObject {
  const session = span.session ?? spansOf(tree).find((one) => one.session !== null)?.session ?? null;
  const { service } = span.record;
  return { trace_id: tree.traceId, service, ...(session === null ? {} : { session }) };
}

function firstInput(spans: readonly AgentSpan[]): SpanContent | null {
  return spans.find(({ role, input }) => !APART.has(role) && said(input) !== null)?.input ?? null;
}

/** Some write down that there were no arguments, or only the instructions that the agent itself has. */
export function said(content: SpanContent | null | undefined): SpanContent | null {
  if (!content) return null;
  const nothing =
    content.kind === 'value'
      ? isEmpty(content.value)
      : content.messages.every(({ role }) => role === 'system');
  return nothing ? null : content;
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}

function proposal(span: AgentSpan, origin: JsonObject): CaseProposal | null {
  const asked = inputOf(span);
  if (!asked) return null;

  return caseProposal({ ...asked, ...expectation(expectedOf(span)) }, origin, 'from-trace');
}

/** A case of what an agent was asked, and of what is expected of it. `tag` says where it is from, as `origin` does in detail. */
export function caseProposal(asked: GoldenContent, origin: JsonObject, tag: string): CaseProposal {
  const content: JsonObject = wellFormed(JSON.parse(JSON.stringify(asked)));
  const sensitive = sensitiveIn({ ...content, metadata: origin });
  const made = (places: readonly SensitivePlace[]) => toCase(content, { origin, tag, places });
  return { whole: made([]), redacted: made(sensitive), sensitive };
}

/** Nothing where nothing is expected. */
export function expectation(expected: ExpectedOutput): { expected_output?: ExpectedOutput } {
  return Object.keys(expected).length === 0 ? {} : { expected_output: expected };
}

/** What of a case must not be written unseen. Its ids and its service say nothing of anybody; its session may be named after a person. */
export function sensitiveIn(data: JsonObject): SensitivePlace[] {
  const { metadata, ...content } = data;
  const session = isJsonObject(metadata) ? metadata['session'] : undefined;
  return findSensitive(session === undefined ? content : { ...content, metadata: { session } });
}

function toCase(
  content: JsonObject,
  { origin, tag, places }: { origin: JsonObject; tag: string; places: readonly SensitivePlace[] },
): GoldenCase {
  const written = redacted<JsonObject>({ ...content, tags: [tag], metadata: origin }, places);
  return { id: deriveId(written['input'] ?? written['messages'] ?? null), ...written };
}

export type Asked = { input: JsonValue } | { messages: CaseMessage[] };

/** What a case asks and expects. */
export type GoldenContent = Pick<GoldenCase, 'input' | 'messages' | 'expected_output' | 'cluster'>;

/** Half of a character, as texts that were cut short end with, can be written to no file. */
function wellFormed<T extends JsonValue>(value: T): T {
  if (typeof value === 'string') return value.toWellFormed() as T;
  if (Array.isArray(value)) return value.map(wellFormed) as T;
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed(item)]);
  return Object.fromEntries(entries) as T;
}

/** A tool is asked its arguments, all others a conversation: without their instructions, which are the prompt's own matter. */
export function inputOf({ input, tool }: Pick<AgentSpan, 'input' | 'tool'>): Asked | null {
  if (tool?.arguments !== undefined) return { input: asInput(tool.arguments) };
  if (!input) return null;
  if (input.kind === 'value') return { input: asInput(input.value) };

  const messages = input.messages.filter(({ role }) => role !== 'system');
  const [only] = messages;
  if (!only) return null;
  if (messages.length === 1 && only.role === 'user') return { input: textOf(only) };
  return { messages: messages.map(toMessage) };
}

/** The input of a case is a text or variables by their names. */
function asInput(value: JsonValue): JsonValue {
  return isJsonObject(value) ? value : asText(value);
}

function expectedOf(span: AgentSpan): ExpectedOutput {
  const { tool, output, error } = span;
  if (error !== null) return {};
  if (tool) return tool.result === undefined ? {} : { answer: asText(tool.result) };

  const answer = output ? answerOf(output) : '';
  const calls = span.role === 'model' ? toolCallsIn(span) : [];
  return {
    ...(answer === '' ? {} : { answer }),
    ...(calls.length === 0
      ? {}
      : { tool_calls: calls.map(({ name, arguments: given }) => ({ name, arguments: given })) }),
  };
}

export function answerOf(output: SpanContent): string {
  if (output.kind === 'value') {
    const { value } = output;
    return asText(isJsonObject(value) && typeof value['text'] === 'string' ? value['text'] : value);
  }
  const last = output.messages.findLast((message) => textOf(message) !== '');
  return last ? textOf(last) : '';
}

function toMessage(message: SpanMessage): CaseMessage {
  const results = message.parts.flatMap((part) => (part.type === 'tool-result' ? [part] : []));
  const calls = message.parts.flatMap((part) => (part.type === 'tool-call' ? [part] : []));
  const content =
    results.length > 0 ? results.map(({ result }) => asText(result)).join('\n') : textOf(message);
  const [result] = results;
  return {
    role: message.role,
    content,
    ...(result?.id ? { tool_call_id: result.id } : {}),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ id, name, arguments: given }) => ({
            ...(id === null ? {} : { id }),
            type: 'function',
            function: { name, arguments: asText(given) },
          })),
        }),
  };
}

function textOf({ parts }: SpanMessage): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

export function asText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
