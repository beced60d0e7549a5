import type { JsonObject } from '../../model/json.ts';

/**
 * Whether a value that looks like a template reads undefined variables, in which case promptfoo leaves it unchanged.
 * Finds names as promptfoo does (`extractVariablesFromTemplate`), in linear time: `{{ name }}`, `{{ name | filter }}`,
 * `{% if name %}` and the list in `{% for x in list %}`.
 */
export function readsUndefined(template: string, variables: JsonObject): boolean {
  const names = new Set<string>();
  const text = withoutComments(template);
  const tag = /\{\{\s*([^{}\s|]+)\s*|\{%\s*(?:if|for)\s+([^{}\s]+)\s*/g;
  const next = new NextMark(text);

  for (let match = tag.exec(text); match; match = tag.exec(text)) {
    const end =
      match[1] === undefined ? statementEnd(tag.lastIndex, next) : outputEnd(text, tag.lastIndex, next);
    const name = match[1] ?? match[2];
    if (end === undefined || name === undefined) tag.lastIndex = match.index + 2;
    else {
      names.add(name);
      tag.lastIndex = end;
    }
  }

  for (const [, variable = '', list = ''] of text.matchAll(/\{%\s*for\s+(\w+)\s+in\s+(\w+)\s*%\}/g)) {
    names.delete(variable);
    names.add(list);
  }

  return [...names].some((name) => {
    const root = /^[A-Za-z_]\w*/.exec(name)?.[0];
    return root !== undefined && (!Object.hasOwn(variables, root) || variables[root] === undefined);
  });
}

/** The next position of a mark; with increasing offsets, the text is scanned once. */
class NextMark {
  readonly #text: string;
  readonly #found = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  from(mark: string, at: number): number {
    const known = this.#found.get(mark);
    if (known !== undefined && known >= at) return known;
    const found = this.#text.indexOf(mark, at);
    const place = found < 0 ? Number.POSITIVE_INFINITY : found;
    this.#found.set(mark, place);
    return place;
  }
}

/** Behind `}}`, with filters before it or not. */
function outputEnd(text: string, at: number, next: NextMark): number | undefined {
  if (text.startsWith('}}', at)) return at + 2;
  if (text[at] !== '|') return undefined;
  const brace = next.from('}', at + 1);
  return brace > at + 1 && text[brace + 1] === '}' ? brace + 2 : undefined;
}

/** Behind `%}`, on the same line. */
function statementEnd(at: number, next: NextMark): number | undefined {
  const end = next.from('%}', at);
  return end < next.from('\n', at) ? end + 2 : undefined;
}

function withoutComments(text: string): string {
  let result = '';
  let cursor = 0;
  for (let start = text.indexOf('{#'); start >= 0; start = text.indexOf('{#', cursor)) {
    const end = text.indexOf('#}', start + 2);
    if (end < 0) break;
    result += text.slice(cursor, start);
    cursor = end + 2;
  }
  return result + text.slice(cursor);
}
