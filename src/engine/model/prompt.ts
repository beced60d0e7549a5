import type { EvaluatorSpec } from './evaluation.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { SourceLocation, SourceRange } from './location.ts';
import type {
  ContentPart,
  Message,
  ModelParameters,
  ResponseFormat,
  Role,
  ToolDefinition,
} from './message.ts';
import type { Problem } from './problem.ts';

export type PromptFormat =
  | 'prompty'
  | 'dotprompt'
  | 'github-prompt'
  | 'copilot-prompt'
  | 'skill'
  | 'agent'
  | 'instructions'
  | 'text'
  | 'chat-json';

/** How variables are written: `{{ x }}` with Jinja or Handlebars rules, `${input:x}`, or not at all. */
export type TemplateSyntax = 'jinja' | 'handlebars' | 'input' | 'none';

/** A message before its variables are filled in. */
export interface MessageTemplate {
  role: Role;
  template: string;
  /** Where the message's text stands in the file. */
  range: SourceRange;
  /** What a chat in JSON has beside the text; it is sent as it stands. */
  beside?: Pick<Message, 'name' | 'toolCalls' | 'toolCallId'> & {
    /** Parts before and behind the text. */
    before?: ContentPart[];
    after?: ContentPart[];
  };
}

export interface PromptInput {
  name: string;
  description?: string;
  /** Used when no value is given. */
  default?: JsonValue;
  required: boolean;
  location?: SourceLocation;
}

/** One prompt file, parsed: the single form of every format. */
export interface Prompt {
  /** Relative to the workspace, with `/`. */
  path: string;
  format: PromptFormat;
  name: string;
  description?: string;
  syntax: TemplateSyntax;
  messages: MessageTemplate[];
  /** Declared inputs first, then variables that only the template uses. */
  inputs: PromptInput[];
  /** Model settings of the file; `id` may be `provider/model` or a bare model name. */
  model: { id?: string; provider?: string; parameters: ModelParameters };
  tools: ToolDefinition[];
  responseFormat?: ResponseFormat;
  /** Rows of variables that the file brings along (`testData`, `sample`). */
  testData: { values: JsonObject; location: SourceLocation }[];
  /**
   * What the file leaves to code, such as a named schema: warnings as long as nothing is sent. A request made without
   * it would be another one, so targets refuse the prompt.
   */
  unresolved?: Problem[];
  /** Templates that the messages include, by the name under which they do; for Jinja. */
  includes?: { [name: string]: string };
  /** Evaluators that the file brings along, in this program's form. */
  evaluators: EvaluatorSpec[];
  /** Where the body that the model receives begins and ends (front matter excluded). */
  body: SourceRange;
  /** SHA-256 over what the model would receive: templates, roles, parameters, tools, response format. */
  hash: string;
}

/** A prompt with its variables filled in: exactly what the model receives. */
export interface RenderedPrompt {
  messages: Message[];
  parameters: ModelParameters;
  tools: ToolDefinition[];
  responseFormat?: ResponseFormat;
}
