import type { Pointer } from '../files/formats/document.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { ModelParameters, ResponseFormat, ToolDefinition } from '../model/message.ts';

/** A module in JavaScript, TypeScript or Python that is called. */
export interface PromptfooProgram {
  language: 'javascript' | 'python';
  /** Absolute path of the module. */
  file: string;
  /** Its export or function; the usual one where absent. */
  function?: string;
  cwd: string;
  env: Record<string, string>;
}

/** One prompt of a promptfoo configuration. */
export interface PromptfooPrompt {
  /** As promptfoo calls it; filters of tests and providers refer to it. */
  label: string;
  id?: string;
  /** The label where promptfoo is started in the workspace's folder, not in that of the configuration. */
  longLabel?: string;
  /** Short, for the names of targets. */
  name: string;
  /** The template: a text, or a chat as JSON or YAML. */
  raw: string;
  location: SourceLocation;
  /** `raw` stands in a file as it is, from `location` on. */
  verbatim?: true;
  /** Writes the prompt; `raw` is then empty. */
  program?: PromptfooProgram;
  /** Its template or function reads the conversation so far, `_conversation`. */
  conversation?: true;
  /** Why it cannot be used, e.g. because it is a program of another language. */
  unsupported?: string;
}

/** What a provider of a promptfoo configuration calls. */
export type PromptfooCall =
  | { kind: 'echo' }
  | {
      kind: 'model';
      /** `provider/model`, of the workspace's providers. */
      model: string;
      parameters: ModelParameters;
      tools: ToolDefinition[];
      /** The file names `functions`: calls are judged in their form, `{ name, arguments }`. */
      functions?: true;
      responseFormat?: ResponseFormat;
    }
  | {
      kind: 'http';
      /** Templates; `${env:NAME}` stands for an environment variable. */
      url: string;
      method: string;
      headers: Record<string, string>;
      query: Record<string, string>;
      body?: JsonValue;
      /** JavaScript over `json`, `text` and `context`; a plain path such as `json.answer` needs no trust. */
      transformResponse?: string;
    }
  | { kind: 'exec'; command: string[]; cwd: string; options: JsonObject; env: Record<string, string> }
  | ({ kind: 'program'; options: JsonObject } & PromptfooProgram)
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
  location: SourceLocation;
}

/** What a promptfoo test says to the target, kept in the case under `promptfoo`. */
export interface PromptfooCaseOptions {
  prefix?: string;
  suffix?: string;
  /** JavaScript that changes the output, as an expression. */
  transform?: string;
  /** What an assertion reads beside the output; it is kept with the output. */
  keep?: ('prompt' | 'output' | 'provider')[];
  /** The output to judge; nothing is called then. */
  providerOutput?: JsonValue;
  /** The name under which later cases of the target read the output. */
  storeOutputAs?: string;
  /** Run by itself, before the others. */
  runSerially?: true;
  /** Not told of the conversation. */
  disableConversationVar?: true;
  /** Where its assertions hold templates that are filled in once the variables are known. */
  templates?: Pointer[];
  /** Why the case cannot be run as promptfoo would. */
  unsupported?: string;
}
