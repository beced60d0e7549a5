import type { JsonValue } from './json.ts';
import type { SpanRecord } from './span.ts';

export const SPAN_ROLES = [
  'agent',
  'model',
  'tool',
  'retrieval',
  'embedding',
  'evaluator',
  'guardrail',
  'other',
] as const;

/** What a span stands for, whatever framework sent it. */
export type SpanRole = (typeof SPAN_ROLES)[number];

/** The conventions that frameworks write their spans by. */
export type Convention =
  | 'OpenTelemetry GenAI'
  | 'OpenTelemetry GenAI (deprecated)'
  | 'OpenInference'
  | 'Traceloop'
  | 'Vercel AI SDK'
  | 'Langfuse'
  | 'LangSmith'
  | 'Genkit'
  | 'Mastra'
  | 'OpenAI Agents'
  | 'MCP';

/** A span as a person thinks of it. What the sender did not say is null. */
export interface AgentSpan {
  /** As it was received, all attributes included. */
  record: SpanRecord;
  role: SpanRole;
  /** The tool's, the model's or the agent's name, else the span's. */
  title: string;
  /** Those that the span follows, the one that decided first. */
  conventions: Convention[];
  provider: string | null;
  /** The model that answered, else the one that was asked. */
  model: string | null;
  tokens: TokenUse | null;
  /** US dollars as the sender says; null where it does not. */
  reportedUsd: number | null;
  /** Milliseconds from the start to the first token. */
  firstTokenMs: number | null;
  finishReasons: string[];
  responseId: string | null;
  agent: string | null;
  tool: SpanTool | null;
  input: SpanContent | null;
  output: SpanContent | null;
  session: string | null;
  user: string | null;
  /** Where in the code the span comes from. */
  code: CodePlace | null;
  error: { type: string | null; message: string } | null;
  /** Names of attributes that its convention has given up, and what took their place. */
  deprecated: { name: string; instead: string | null }[];
  /** Names of attributes that belong to one of the conventions and were not understood. */
  unknown: string[];
  /** Names of attributes whose value broke off, by a limit of the sender. */
  cut: string[];
}

/** `cached` and `cacheWrite` are parts of `input`, `reasoning` is one of `output`. */
export interface TokenUse {
  input: number | null;
  output: number | null;
  cached: number | null;
  cacheWrite: number | null;
  reasoning: number | null;
}

export interface SpanTool {
  name: string;
  callId: string | null;
  /** Undefined where the sender does not say. */
  arguments: JsonValue | undefined;
  result: JsonValue | undefined;
}

/** What went in or came out: a conversation, or anything else. */
export type SpanContent = { kind: 'messages'; messages: SpanMessage[] } | { kind: 'value'; value: JsonValue };

export interface SpanMessage {
  role: string;
  parts: SpanPart[];
}

export type SpanPart =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool-call'; id: string | null; name: string; arguments: JsonValue }
  | { type: 'tool-result'; id: string | null; name: string | null; result: JsonValue }
  | { type: 'media'; mediaType: string | null; uri: string | null }
  | { type: 'other'; value: JsonValue };

export interface CodePlace {
  file: string;
  line: number | null;
  column: number | null;
  function: string | null;
}
