import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Environment } from '../../ports.ts';
import { renderNunjucks } from '../../prompts/nunjucks/renderNunjucks.ts';

const TEMPLATE =
  /\{\{\s*env(?:\.([A-Za-z_]\w*)|\[\s*['"]([^'"]+)['"]\s*\])\s*(?:\|\s*default\(\s*(?:'([^']*)'|"([^"]*)")[^(){}]*\)\s*)?\}\}/g;

/**
 * Replaces `{{env.NAME}}` in every text of a value: by the file's own `env` where it has the name, otherwise by
 * `${env:NAME}`, so that what the variable holds is read only when it is used, and stored nowhere.
 */
export function withEnvironment(value: JsonValue, own: Readonly<Record<string, string>>): JsonValue {
  if (typeof value === 'string') return replace(value, own);
  if (Array.isArray(value)) return value.map((item) => withEnvironment(item, own));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withEnvironment(item, own)]));
}

function replace(text: string, own: Readonly<Record<string, string>>): string {
  return text.replace(TEMPLATE, (_whole, dotted, quoted, single, double) => {
    const name = String(dotted ?? quoted);
    if (Object.hasOwn(own, name)) return own[name] ?? '';
    const fallback = single ?? double;
    return fallback === undefined ? `\${env:${name}}` : `\${env:${name}:${fallback}}`;
  });
}

/** The file's `env`, as texts. */
export function ownEnvironment(value: JsonValue | undefined): Record<string, string> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === null || typeof item === 'object' ? [] : [[key, String(item)]],
    ),
  );
}

/** The environment of a program: `env` of the file and of its provider, keys as references to their variables. */
export function programEnvironment(
  ...own: readonly Readonly<Record<string, string>>[]
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Object.assign({}, ...own) as Record<string, string>).map(([name, value]) => [
      name,
      replace(value, {}),
    ]),
  );
}

/** An id may name its model by an environment variable: `{{ env.MODEL or 'openai:gpt-5-mini' }}`. */
export function renderId(
  id: string,
  file: { env: Readonly<Record<string, string>>; environment: Environment },
): string {
  const env: JsonObject = { ...file.env };
  for (const [, name = ''] of id.matchAll(/\benv\.([A-Za-z_]\w*)/g)) {
    const value = env[name] ?? file.environment.get(name);
    if (value !== undefined) env[name] = value;
  }
  return id.includes('{{') ? renderNunjucks(id, { env }) : id;
}
