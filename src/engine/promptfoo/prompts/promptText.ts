import { PromptError } from '../../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { fillValue } from '../../prompts/nunjucks/fillValue.ts';
import { wrapPartialTags } from '../../prompts/nunjucks/partialTags.ts';
import { renderNunjucks } from '../../prompts/nunjucks/renderNunjucks.ts';

/**
 * A prompt of promptfoo's as the provider receives it. A prompt that is JSON is filled in text by text, so that
 * values need no escaping; any other is one template, and its variables may be templates themselves, but for those
 * that are called `data`. Throws PromptError.
 */
export function renderPromptText(template: string, vars: JsonObject, data?: ReadonlySet<string>): string {
  const json = parseJson(template);
  if (json !== undefined) {
    try {
      return JSON.stringify(renderWithin(json, vars), null, 2);
    } catch (error) {
      // As in promptfoo: JSON whose texts cannot be filled in is a text.
      if (!(error instanceof PromptError)) throw error;
    }
  }

  const filled = Object.fromEntries(
    Object.entries(vars).map(([key, value]) => [
      key,
      typeof value === 'string' && !data?.has(key) ? fillValue(value, vars) : value,
    ]),
  );

  return renderNunjucks(wrapPartialTags(template), filled);
}

/** Every text of a value as a template. */
export function renderWithin(value: JsonValue, vars: JsonObject): JsonValue {
  if (typeof value === 'string') return renderNunjucks(value, vars);
  if (Array.isArray(value)) return value.map((item) => renderWithin(item, vars));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderWithin(item, vars)]));
}

function parseJson(text: string): JsonValue | undefined {
  // Most prompts are no JSON, `{{text}}` among them: a parser that throws would cost more than the whole case.
  if (!/^\s*(?:\{(?![{%#])|[["\d-])/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
