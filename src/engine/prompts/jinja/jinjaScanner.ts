/** A word in a tag: a name, a keyword, a filter. */
interface JinjaWord {
  text: string;
  offset: number;
}

/** `{{ … }}`, `{% … %}` or `{# … #}`; `end` is after its closing mark. */
export interface JinjaTag {
  kind: 'code' | 'comment';
  start: number;
  end: number;
  closed: boolean;
  words: JinjaWord[];
}

/** The offsets (UTF-16 code units) of a Jinja template's tags and words, which the parser does not keep. */
export function scanJinja(template: string): JinjaTag[] {
  const tags: JinjaTag[] = [];
  const opening = /\{[{%#]/g;
  for (let match = opening.exec(template); match; match = opening.exec(template)) {
    const tag = match[0] === '{#' ? scanComment(template, match.index) : scanCode(template, match.index);
    tags.push(tag);
    opening.lastIndex = tag.end;
  }
  return tags;
}

function scanComment(template: string, start: number): JinjaTag {
  const close = template.indexOf('#}', start + 2);
  const end = close < 0 ? template.length : close + 2;
  return { kind: 'comment', start, end, closed: close >= 0, words: [] };
}

function scanCode(template: string, start: number): JinjaTag {
  const piece = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|\w+|\}\}|%\}|[{}]/g;
  const words: JinjaWord[] = [];
  let depth = 0;
  piece.lastIndex = start + 2;

  for (let match = piece.exec(template); match; match = piece.exec(template)) {
    const text = match[0];
    if (text === '%}' || (text === '}}' && depth <= 0)) {
      return { kind: 'code', start, end: match.index + 2, closed: true, words };
    }
    if (text === '{') depth += 1;
    else if (text.startsWith('}')) {
      // In an object literal, `}}` is two braces; the second may be part of the closing tag.
      depth -= 1;
      piece.lastIndex = match.index + 1;
    } else if (/^[A-Za-z_]/.test(text)) words.push({ text, offset: match.index });
  }

  return { kind: 'code', start, end: template.length, closed: false, words };
}
