import type {
  AgentSpan,
  Convention,
  SpanContent,
  SpanMessage,
  SpanRole,
  SpanTool,
  TokenUse,
} from '../../model/agentSpan.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import { GEN_AI, GEN_AI_FORMER } from '../attributes.ts';
import { aiSdk } from './aiSdk.ts';
import { byName } from './byName.ts';
import { codePlace, errorOf, sessionAndUser } from './common.ts';
import { deprecatedNames } from './deprecated.ts';
import type { Dialect, PlainFact, SpanFacts } from './dialect.ts';
import { fromEvents, genAi } from './genAi.ts';
import { genkit } from './genkit.ts';
import { langfuse } from './langfuseDialect.ts';
import { langSmith } from './langSmith.ts';
import { mastra } from './mastra.ts';
import { mcp } from './mcp.ts';
import { textMessage } from './messages.ts';
import { openAiAgents } from './openAiAgents.ts';
import { openInference } from './openInference.ts';
import { SpanFields } from './spanFields.ts';
import { traceloop } from './traceloop.ts';

/** In the order in which they decide. A framework's own word comes after the one that all of them share. */
const DIALECTS: readonly Dialect[] = [
  genAi,
  mcp,
  openInference,
  langfuse,
  aiSdk,
  traceloop,
  langSmith,
  mastra,
  genkit,
  openAiAgents,
];

/** A bit for each of the dialects that a name may belong to. */
const dialectBits = byName((name) =>
  DIALECTS.reduce(
    (bits, { prefixes }, at) =>
      prefixes.some((prefix) => name.startsWith(prefix)) ? bits | (1 << at) : bits,
    0,
  ),
);

/**
 * A span as a person thinks of it, out of whatever conventions its attributes follow; the name of the library that sent it
 * decides nothing. `logs` are the log records that belong to it: some send the conversation there.
 */
export function readSpan(record: SpanRecord, logs: readonly LogRecord[] = []): AgentSpan {
  const fields = new SpanFields(record.attributes);
  const spokenBits = fields.names.reduce((bits, name) => bits | dialectBits(name), 0);
  const spoken = DIALECTS.filter((_, at) => spokenBits & (1 << at));
  const facts = spoken.map((dialect) => dialect.read(fields, record));
  const told = logs.length === 0 ? {} : fromEvents(logs.map(toEvent));
  const pick = picker([...facts, told]);

  const role = pick('role') ?? roleByPresence(record);
  const model = pick('model');
  const tool = role === 'tool' ? toolOf(facts, record) : null;
  const common = sessionAndUser(fields);
  const deprecated = deprecatedNames(record);

  return {
    record,
    role,
    title: titleOf(role, pick('title') ?? null, { model, record }),
    conventions: conventionsOf(spoken, deprecated),
    provider: pick('provider'),
    model,
    tokens: tokensOf(facts),
    reportedUsd: pick('reportedUsd'),
    firstTokenMs: pick('firstTokenMs'),
    finishReasons:
      facts.find(({ finishReasons }) => finishReasons && finishReasons.length > 0)?.finishReasons ?? [],
    responseId: pick('responseId'),
    agent: pick('agent'),
    tool,
    input: inputOf([...facts, told]),
    output: pick('output'),
    session: pick('session') ?? common.session,
    user: pick('user') ?? common.user,
    code: codePlace(fields),
    error: errorOf(record, fields) ?? pick('error'),
    deprecated,
    unknown: fields.unread().filter((name) => dialectBits(name) & spokenBits),
    cut: fields.cut(),
  };
}

/**
 * What went in by the first convention that has it. One may tell no more than how the agent was instructed, and another what it
 * was asked: both are what went in then.
 */
function inputOf(facts: readonly SpanFacts[]): SpanContent | null {
  const [first, ...others] = facts.flatMap(({ input }) => input ?? []);
  if (first?.kind !== 'messages' || !first.messages.every(isInstruction)) return first ?? null;

  const asked = others.find((input) => input.kind === 'value' || !input.messages.every(isInstruction));
  if (!asked) return first;
  if (asked.kind === 'messages')
    return asked.messages.some(isInstruction)
      ? asked
      : { kind: 'messages', messages: [...first.messages, ...asked.messages] };
  const text = typeof asked.value === 'string' ? asked.value : JSON.stringify(asked.value);
  return { kind: 'messages', messages: [...first.messages, textMessage('user', text)] };
}

function isInstruction({ role }: SpanMessage): boolean {
  return role === 'system' || role === 'developer';
}

function picker(facts: readonly SpanFacts[]) {
  return <Key extends PlainFact>(key: Key): NonNullable<SpanFacts[Key]> | null => {
    for (const fact of facts) {
      const value = fact[key];
      if (value !== undefined && value !== null) return value as NonNullable<SpanFacts[Key]>;
    }
    return null;
  };
}

function toEvent({ event, message, body, fields }: LogRecord) {
  const content = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  return { name: event ?? String(fields['event.name'] ?? message), body: { ...fields, ...content } };
}

/** Where no convention says what a span is: a model call has a model and tokens. */
function roleByPresence({ attributes }: SpanRecord): SpanRole {
  const has = (...names: string[]) => names.some((name) => Object.hasOwn(attributes, name));
  if (has(GEN_AI.toolName, GEN_AI.toolCallId)) return 'tool';
  const model = has(GEN_AI.requestModel, GEN_AI.responseModel, 'llm.model_name');
  const spent = has(GEN_AI.outputTokens, GEN_AI_FORMER.usageCompletionTokens, 'llm.token_count.completion');
  return model && spent ? 'model' : 'other';
}

function titleOf(
  role: SpanRole,
  title: string | null,
  { model, record }: { model: string | null; record: SpanRecord },
): string {
  if (title !== null) return title;
  return (role === 'model' || role === 'embedding') && model !== null ? model : record.name;
}

function toolOf(facts: readonly SpanFacts[], { name }: SpanRecord): SpanTool {
  const tools = facts.flatMap(({ tool }) => (tool ? [tool] : []));
  return {
    name: tools.find((tool) => tool.name)?.name ?? name,
    callId: tools.find((tool) => tool.callId)?.callId ?? null,
    arguments: tools.find((tool) => tool.arguments !== undefined && tool.arguments !== null)?.arguments,
    result: tools.find((tool) => tool.result !== undefined && tool.result !== null)?.result,
  };
}

/** More in one call is a mistake, and would spoil every sum that it goes into. */
const MOST_TOKENS = 1e12;

function isTokenCount(value: number | null | undefined): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_TOKENS;
}

/** Each count by the first convention that has it: several of them tell the same calls again. */
function tokensOf(facts: readonly SpanFacts[]): TokenUse | null {
  const first = (key: keyof TokenUse) => facts.map(({ tokens }) => tokens?.[key]).find(isTokenCount) ?? null;
  const [input, output, cached] = [first('input'), first('output'), first('cached')];
  if (input === null && output === null) return null;

  const cacheWrite = first('cacheWrite');
  const apart = (cached ?? 0) + (cacheWrite ?? 0);
  // By the conventions what was cached is a part of the input. Where it is more than that, it was counted apart.
  const whole = input !== null && apart > input ? input + apart : input;
  return { input: whole, output, cached, cacheWrite, reasoning: first('reasoning') };
}

function conventionsOf(spoken: readonly Dialect[], deprecated: AgentSpan['deprecated']): Convention[] {
  const old = deprecated.some(({ name }) => name.startsWith(GEN_AI.prefix));
  return spoken.map(({ convention }) =>
    convention === 'OpenTelemetry GenAI' && old ? 'OpenTelemetry GenAI (deprecated)' : convention,
  );
}
