import { PromptError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { renderJinja } from './jinjaRenderer.ts';
import { TemplateFault } from './templateUse.ts';

/** A path of names with at most one of the filters whose meaning is the same everywhere. */
const PLACEHOLDER =
  /\{\{\s*([A-Za-z_$][\w$]*(?:\.[\w$]+|\[\d+\]|\["[^"\]]*"\]|\['[^'\]]*'\])*)\s*(?:\|\s*(dump|safe|trim|upper|lower)\s*(?:\(\s*(\d*)\s*\))?\s*)?\}\}/g;
const KEY = /[\w$]+|"[^"]*"|'[^']*'/g;
const TAG = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
/** Such a text is no template to promptfoo, and stands as it is. */
const PARTIAL_TAG = /\{%[^%]*$|\{\{[^}]*$|\{#[^#]*$/m;

/** Text between these is no template. */
const RAW = /\{%-?\s*raw\s*-?%\}([\s\S]*?)\{%-?\s*endraw\s*-?%\}/;

type Part = string | { keys: readonly string[]; filter: string | undefined; indent: number };

const REMEMBERED = 1000;
const compiled = new Map<string, readonly Part[] | null>();

/**
 * Fills a template of promptfoo's, which are Nunjucks without escaping: a missing value is an empty text, a
 * list is joined by commas. Statements and further filters follow Jinja. Values are data and are not read as
 * templates. Throws PromptError, without a place, for a template that cannot be filled in.
 */
export function renderNunjucks(template: string, variables: JsonObject): string {
  if (!/\{[{%#]/.test(template)) return template;
  if (RAW.test(template)) return renderAround(template, variables);
  const parts = partsOf(template);
  if (parts) return parts.map((part) => (typeof part === 'string' ? part : fill(part, variables))).join('');
  if (PARTIAL_TAG.test(template)) return template;
  try {
    return renderJinja(asJinja(template), variables, 'any');
  } catch (cause) {
    if (!(cause instanceof TemplateFault)) throw cause;
    throw new PromptError(cause.message, {
      cause,
      remedy: 'Templates follow Jinja; a few filters of Nunjucks are not known.',
    });
  }
}

/** A value as Nunjucks writes it. */
export function nunjucksText(value: JsonValue | undefined): string {
  return value === undefined || value === null ? '' : String(value);
}

/** Raw blocks stand as they are; what is around them is one template, in which they are values. */
function renderAround(template: string, variables: JsonObject): string {
  const raw: JsonObject = {};
  const rest = template.replace(new RegExp(RAW, 'g'), (_, text: string) => {
    const name = `raw_block_${Object.keys(raw).length}`;
    raw[name] = text;
    return `{{ ${name} }}`;
  });
  return renderNunjucks(rest, { ...variables, ...raw });
}

/** Text and placeholders in turn; null when the template holds more than that. */
function partsOf(template: string): readonly Part[] | null {
  const known = compiled.get(template);
  if (known !== undefined) return known;
  const parts: Part[] = [];
  let cursor = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    parts.push(template.slice(cursor, match.index), {
      keys: (match[1]?.match(KEY) ?? []).map((key) => key.replace(/^["']|["']$/g, '')),
      filter: match[2],
      indent: Number(match[3] ?? 0),
    });
    cursor = match.index + match[0].length;
  }
  parts.push(template.slice(cursor));
  const isSimple = parts.every((part) => typeof part !== 'string' || !/\{[{%#]/.test(part));
  if (compiled.size >= REMEMBERED) compiled.clear();
  const result = isSimple ? parts : null;
  compiled.set(template, result);
  return result;
}

function fill({ keys, filter, indent }: Exclude<Part, string>, variables: JsonObject): string {
  let value: JsonValue | undefined = variables;
  for (const key of keys) value = member(value, key);
  switch (filter) {
    case 'dump':
      return JSON.stringify(value, null, indent) ?? '';
    case 'trim':
      return nunjucksText(value).trim();
    case 'upper':
      return nunjucksText(value).toUpperCase();
    case 'lower':
      return nunjucksText(value).toLowerCase();
    default:
      return nunjucksText(value);
  }
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (key === 'length' && (typeof value === 'string' || Array.isArray(value))) return value.length;
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** What Nunjucks spells differently. */
function asJinja(template: string): string {
  return template.replace(TAG, (tag) =>
    tag
      .replaceAll('===', '==')
      .replaceAll('!==', '!=')
      .replace(/\|\s*dump\b/g, '| tojson')
      .replace(/\{%(-?)\s*elseif\b/, '{%$1 elif'),
  );
}
