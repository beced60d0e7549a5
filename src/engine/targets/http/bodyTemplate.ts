import { ConfigError, type ErrorPlace } from '../../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { AgentRequest } from '../agentRequest.ts';

type Render = (scope: Scope) => JsonValue;
interface Scope {
  request: JsonObject;
  variables: JsonObject;
}

const PLACEHOLDER = /\{\{\s*([A-Za-z_][\w-]*(?:\.[\w-]+)*)\s*\}\}/;

/**
 * Parses a JSON body with placeholders once; the result fills it for each call.
 *
 * `{{input}}`, `{{messages}}`, `{{case_id}}`, `{{trial}}`, `{{seed}}` and `{{metadata.…}}` are fields of the
 * request document; any other name is a variable of the case. A text that is one placeholder becomes its
 * value, whatever its type; within a longer text, values are written as text (JSON where they are not one).
 * A value is data: placeholders in it are not filled again.
 *
 * Filling throws ConfigError for a name that the case does not have.
 */
export function bodyTemplate(template: JsonValue, options: TemplateOwner): Fill<JsonValue> {
  const render = compile(template, missingIn(`The body of ${options.owner}`, options));
  return (request) => render(scopeOf(request));
}

/**
 * A text with placeholders, for an argument or a variable of a program; it stays one text whatever it is filled with.
 * `literal` changes what stands between the placeholders, once.
 */
export function textTemplate(
  text: string,
  options: TemplateOwner,
  literal: (text: string) => string = (unchanged) => unchanged,
): Fill<string> {
  const parts = text.split(PLACEHOLDER).map((part, index) => (index % 2 === 0 ? literal(part) : part));
  const missing = missingIn(options.owner, options);
  return (request) => {
    const scope = scopeOf(request);
    return parts
      .map((part, index) => (index % 2 === 0 ? part : asText(lookUp(part, scope, missing))))
      .join('');
  };
}

export function hasPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text);
}

type Fill<T> = (request: AgentRequest) => T;

interface TemplateOwner {
  owner: string;
  where?: ErrorPlace;
}

function scopeOf(request: AgentRequest): Scope {
  const fields: JsonObject = { ...request, messages: (request.messages ?? []) as unknown as JsonValue };
  return { request: fields, variables: isJsonObject(request.input) ? request.input : {} };
}

function missingIn(user: string, { where }: TemplateOwner): Missing {
  return (name, caseId) => {
    throw new ConfigError(`${user} uses {{${name}}}, which the case "${caseId}" does not have`, {
      where,
      remedy: `Give the case's input a value for "${name}", or correct the name`,
    });
  };
}

type Missing = (name: string, caseId: string) => never;

function compile(template: JsonValue, missing: Missing): Render {
  if (typeof template === 'string') return compileText(template, missing);
  if (Array.isArray(template)) {
    const items = template.map((item) => compile(item, missing));
    return (scope) => items.map((item) => item(scope));
  }
  if (isJsonObject(template)) {
    const entries = Object.entries(template).map(([key, value]) => [key, compile(value, missing)] as const);
    return (scope) => Object.fromEntries(entries.map(([key, value]) => [key, value(scope)]));
  }
  return () => template;
}

function compileText(text: string, missing: Missing): Render {
  // Splitting at a pattern with one group yields text and names in turn.
  const parts = text.split(PLACEHOLDER);
  if (parts.length === 1) return () => text;
  const [before, only, behind] = parts;
  if (parts.length === 3 && only !== undefined && before === '' && behind === '') {
    return (scope) => lookUp(only, scope, missing);
  }
  return (scope) =>
    parts.map((part, index) => (index % 2 === 0 ? part : asText(lookUp(part, scope, missing)))).join('');
}

function lookUp(name: string, { request, variables }: Scope, missing: Missing): JsonValue {
  const keys = name.split('.');
  const root = keys[0] !== undefined && Object.hasOwn(request, keys[0]) ? request : variables;
  let value: JsonValue | undefined = root;
  for (const key of keys) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as JsonObject)[key]
        : undefined;
  }
  return value === undefined ? missing(name, String(request['case_id'])) : value;
}

function asText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
