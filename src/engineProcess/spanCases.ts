import {
  findCards,
  findEmails,
  findIbans,
  findPhones,
  findSsns,
} from '../engine/evaluators/heuristic/leaks/personalData.ts';
import { findSecrets } from '../engine/evaluators/heuristic/leaks/secrets.ts';
import type { AgentSpan, SpanContent, SpanMessage } from '../engine/model/agentSpan.ts';
import type { JsonValue } from '../engine/model/json.ts';
import { walk } from '../engine/telemetry/dialects/traceNode.ts';
import type { OpenTrace } from '../engine/traces/traceReader.ts';
import type { CaseDraft, CaseLeak } from '../protocol/traceCalls.ts';

export interface SpanCase {
  title: string;
  /** Null where nothing says what went in. */
  draft: CaseDraft | null;
  findings: CaseLeak[];
}

const PERSONAL: readonly [kind: string, find: (text: string) => string[]][] = [
  ['email', findEmails],
  ['phone', findPhones],
  ['iban', findIbans],
  ['credit-card', findCards],
  ['ssn', findSsns],
];

/** What these were given is not what the agent was asked. */
const APART: ReadonlySet<string> = new Set(['tool', 'retrieval', 'embedding', 'evaluator', 'guardrail']);

/** The case that a span makes, or a trace as a whole: what went in, what came out, and where it is from. */
export function spanCase(trace: OpenTrace, traceId: string, spanId: string | null): SpanCase {
  const spans = [...walk(trace.tree.roots)].flatMap(({ node }) => (node.span ? [node.span] : []));
  const chosen = spans.find(({ record }) => record.spanId === spanId) ?? spans[0];
  const title = chosen?.title ?? traceId;
  if (!chosen) return { title, draft: null, findings: [] };

  // Frameworks send the conversation with other spans than the one that began: the first says what went in, the last what came out.
  const told = spanId === null ? [chosen, ...spans.filter(({ role }) => !APART.has(role))] : [chosen];
  const input = told.map((span) => inputOf(span)).find((found) => found !== null) ?? null;
  if (input === null) return { title, draft: null, findings: [] };

  const answer =
    answerOf(chosen) ??
    (spanId === null ? (told.map(answerOf).findLast((text) => text !== null) ?? null) : null);
  const session = chosen.session ?? spans.find((span) => span.session !== null)?.session ?? null;
  const draft: CaseDraft = {
    ...input,
    ...(answer === null || chosen.error !== null ? {} : { expected_output: { answer } }),
    tags: ['from-trace'],
    metadata: {
      trace_id: traceId,
      ...(spanId === null ? {} : { span_id: spanId }),
      ...(session === null ? {} : { session }),
      service: chosen.record.service,
    },
  };
  return { title, draft, findings: leaksIn(draft) };
}

/** Every text of a case without these values; what stands for them says what they were. */
export function redacted(draft: CaseDraft, leaks: readonly CaseLeak[]): CaseDraft {
  // The longest first: one may be a part of another.
  const ordered = leaks.toSorted((a, b) => b.value.length - a.value.length);
  const clean = (value: JsonValue): JsonValue => {
    if (typeof value === 'string')
      return ordered.reduce((text, leak) => text.replaceAll(leak.value, `<${leak.kind}>`), value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clean(each)]));
  };
  const { input, messages, expected_output: expected, metadata, ...rest } = draft;
  return {
    ...(input === undefined ? {} : { input: clean(input as JsonValue) }),
    ...(messages === undefined ? {} : { messages: clean(messages as JsonValue) as typeof messages }),
    ...(expected === undefined ? {} : { expected_output: clean(expected as JsonValue) as typeof expected }),
    ...(metadata === undefined ? {} : { metadata: { ...metadata, ...sessionOf(metadata, clean) } }),
    ...rest,
  };
}

/** The only part of the origin that a person may be known by. */
function sessionOf(
  { session }: NonNullable<CaseDraft['metadata']>,
  clean: (value: JsonValue) => JsonValue,
): { session?: JsonValue } {
  return session === undefined ? {} : { session: clean(session as JsonValue) };
}

/** Secrets and personal data in what would be written, each once. */
function leaksIn({ input, messages, expected_output: expected, metadata }: CaseDraft): CaseLeak[] {
  const written = [input, messages, expected, metadata?.['session']] as (JsonValue | undefined)[];
  const texts = written.flatMap((value) =>
    value === undefined ? [] : [...textsIn(value), JSON.stringify(value)],
  );
  const found = texts.flatMap((text) => [
    ...findSecrets(text).map(({ kind, value }) => ({ kind, value: wholeKey(text, value) })),
    ...PERSONAL.flatMap(([kind, find]) => find(text).map((value) => ({ kind, value }))),
  ]);
  return [...new Map(found.map((leak) => [leak.value, leak])).values()];
}

/** A private key is known by its first line; all of it must go. */
function wholeKey(text: string, value: string): string {
  if (!value.startsWith('-----BEGIN')) return value;
  const from = text.indexOf(value);
  const end = /-----END [A-Z0-9 ]+-----/.exec(text.slice(from));
  return end ? text.slice(from, from + end.index + end[0].length) : text.slice(from);
}

function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** One question is a text; a conversation stays one, without what belongs to the prompt and to the agent’s own steps. */
function inputOf({ input, tool, role }: AgentSpan): Pick<CaseDraft, 'input' | 'messages'> | null {
  if (role === 'tool' && tool?.arguments !== undefined) return { input: tool.arguments };
  if (!input) return null;
  if (input.kind === 'value') return isEmpty(input.value) ? null : { input: input.value };

  const said = input.messages
    .filter(({ role: by }) => by === 'user' || by === 'assistant')
    .map((message) => ({ role: message.role, content: textOf(message) }))
    .filter(({ content }) => content !== '');
  const last = said.findLastIndex(({ role: by }) => by === 'user');
  const asked = said.slice(0, last + 1);
  const [only] = asked;
  if (!only) return null;
  return asked.length === 1 ? { input: only.content } : { messages: asked };
}

/** Nothing, however it is wrapped: functions without arguments are traced as `{ args: [], kwargs: {} }`. */
function isEmpty(value: JsonValue): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}

function answerOf({ output, tool, role }: AgentSpan): string | null {
  if (role === 'tool') return tool?.result === undefined ? null : plain(tool.result);
  return output ? contentText(output) : null;
}

function contentText(content: SpanContent): string | null {
  if (content.kind === 'value') return content.value === null ? null : plain(content.value);
  const text = content.messages.map(textOf).findLast((each) => each !== '');
  return text ?? null;
}

function textOf({ parts }: SpanMessage): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

function plain(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
