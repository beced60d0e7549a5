import type { JsonObject, JsonValue } from './json.ts';

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

/** A tool that a model asked for. `arguments` is the parsed object, or the raw text when it is not JSON. */
export interface ToolCall {
  id?: string;
  name: string;
  arguments: JsonValue;
}

export type ContentPart = { type: 'text'; text: string } | { type: 'image'; url: string };

/** One chat message, independent of any provider. */
export interface Message {
  role: Role;
  content: string | ContentPart[];
  name?: string;
  toolCalls?: ToolCall[];
  /** In a `tool` message: the call that it answers. */
  toolCallId?: string;
}

/** A function that a model may call; `parameters` is a JSON Schema. */
export interface ToolDefinition {
  name: string;
  description?: string;
  parameters?: JsonObject;
  strict?: boolean;
}

export type ResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | { type: 'json_schema'; name: string; schema: JsonObject; strict?: boolean };

/** Sampling settings; names and ranges as in the OpenAI chat API. Undefined means the provider's default. */
export interface ModelParameters {
  temperature?: number;
  topP?: number;
  /** Upper limit of output tokens. */
  maxTokens?: number;
  seed?: number;
  stop?: string[];
  frequencyPenalty?: number;
  presencePenalty?: number;
  reasoningEffort?: string;
  /** Settings that this program does not know, passed through as they stand. */
  extra?: JsonObject;
}
