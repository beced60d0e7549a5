import type { EvaluatorSpec } from './evaluation.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { SourceLocation, SourceRange } from './location.ts';
import type { Message, ModelParameters, ResponseFormat, Role, ToolDefinition } from './message.ts';

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
