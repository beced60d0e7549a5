/** One policy of `RateLimit`, or what `RateLimit-Policy` says about it. */
export interface FieldItem {
  /** Empty in the older form, which has parameters only. */
  name: string;
  parameters: { readonly [key: string]: string };
}

/**
 * The items of a structured field such as `"default";r=50;t=30, "daily";r=399` (draft-ietf-httpapi-ratelimit-headers, RFC 9651), or of its
 * form up to draft 07, `limit=100, remaining=50, reset=5`. Empty where it is malformed: such a field is to be ignored.
 */
export function parseItems(text: string): FieldItem[] {
  const members = split(text, ',');
  if (!members) return [];

  const items: FieldItem[] = [];
  const single: { [key: string]: string } = {};
  for (const member of members) {
    const [first = '', ...rest] = split(member, ';') ?? [];
    const parameters = toParameters(rest);
    if (!parameters || first === '') return [];

    const assignment = /^([a-z*][a-z0-9_.*-]*)=(.+)$/.exec(first);
    if (assignment) single[assignment[1] ?? ''] = unquoted(assignment[2] ?? '');
    else items.push({ name: unquoted(first), parameters });
  }

  return Object.keys(single).length > 0 ? [{ name: '', parameters: single }, ...items] : items;
}

function toParameters(texts: readonly string[]): { [key: string]: string } | undefined {
  const parameters: { [key: string]: string } = {};
  for (const text of texts) {
    const [, key, value] = /^([a-z*][a-z0-9_.*-]*)(?:=(.+))?$/.exec(text) ?? [];
    if (key === undefined) return undefined;
    parameters[key] = unquoted(value ?? '?1');
  }
  return parameters;
}

/** Parts between separators outside of strings, without the spaces around them; undefined where a string does not end. */
function split(text: string, separator: string): string[] | undefined {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quoted && char === '\\') part += char + text.charAt(++at);
    else if (char === separator && !quoted) {
      parts.push(part.trim());
      part = '';
    } else {
      if (char === '"') quoted = !quoted;
      part += char;
    }
  }

  parts.push(part.trim());
  return quoted ? undefined : parts;
}

function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}
