import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { ModelParameters, ResponseFormat, ToolDefinition } from '../../model/message.ts';
import type { PromptfooProgram } from '../scripts/promptfooProgram.ts';

/** A chat model. */
export interface ModelCall {
  kind: 'model';
  /** `provider/model`, of the workspace's providers. */
  model: string;
  parameters: ModelParameters;
  tools: ToolDefinition[];
  /** The file names `functions`: calls are judged in their form, `{ name, arguments }`. */
  functions?: true;
  responseFormat?: ResponseFormat;
}

/** A server. Its texts are templates over the variables and `prompt`; `${env:NAME}` stands for an environment variable. */
export interface HttpCall {
  kind: 'http';
  url: string;
  method: string;
  headers: Record<string, string>;
  query: Record<string, string>;
  body?: JsonValue;
  /** JavaScript over `json`, `text` and `context`; a plain path such as `json.answer` needs no trust. */
  transformResponse?: string;
}

/** A program that is started for each call. */
export interface ExecCall {
  kind: 'exec';
  /** Program and arguments; never passed through a shell. */
  command: string[];
  cwd: string;
  /** Handed to the program as its second further argument. */
  options: JsonObject;
  env: Record<string, string>;
}

/** A module whose function answers; `options` (`id`, `label`, `config`) are handed to it. */
export interface ProgramCall extends PromptfooProgram {
  kind: 'program';
  options: JsonObject;
}

/** What a provider of a promptfoo configuration calls. */
export type PromptfooCall =
  | { kind: 'echo' }
  | ModelCall
  | HttpCall
  | ExecCall
  | ProgramCall
  | { kind: 'unsupported'; reason: string };

export interface PromptfooProvider {
  /** As promptfoo calls it, e.g. `openai:gpt-4o`. */
  id: string;
  label?: string;
  call: PromptfooCall;
  /** Its settings, without what may hold a key: scripts are told of them. */
  config?: JsonObject;
  /** Labels or ids of the prompts that it is used with; all where absent. */
  prompts?: string[];
  /** JavaScript that changes its output, as an expression. */
  transform?: string;
  /** Pause after each call in milliseconds. */
  delayMs: number;
  /** The tool definitions as the file has them, for the assertions that check tool calls. */
  tools?: JsonValue;
  /** The same for `functions`. */
  functions?: JsonValue;
  /** `env` of the file: what it holds may stand anywhere in the settings. */
  fileEnv: Readonly<Record<string, string>>;
  location: SourceLocation;
}
