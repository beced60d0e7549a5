const LINE_END = /[\n\r\u2028\u2029]/g;

/**
 * Wraps the text in a raw block if a tag is not closed on its line: promptfoo does not treat such a prompt as a
 * template (`autoWrapRawIfPartialNunjucks`). Linear in the length of the text.
 */
export function wrapPartialTags(text: string): string {
  if (!hasPartialTag(text)) return text;
  const isWrapped = /\{%\s*raw\s*%\}/.test(text) && /\{%\s*endraw\s*%\}/.test(text);
  return isWrapped ? text : `{% raw %}${text}{% endraw %}`;
}

/** `{{` without a `}` up to the end of a line, or `{%` without a `%`, or `{#` without a `#`. */
function hasPartialTag(text: string): boolean {
  return isOpen(text, '{{', '}') || isOpen(text, '{%', '%') || isOpen(text, '{#', '#');
}

function isOpen(text: string, opening: string, closing: string): boolean {
  let close = -1;
  let lineEnd = -1;
  for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1)) {
    const from = at + 2;
    if (close < from) close = placeOf(text.indexOf(closing, from));
    if (lineEnd < from) lineEnd = lineEndFrom(text, from);
    if (lineEnd <= close) return true;
  }
  return false;
}

function lineEndFrom(text: string, at: number): number {
  LINE_END.lastIndex = at;
  return LINE_END.exec(text)?.index ?? text.length;
}

function placeOf(found: number): number {
  return found < 0 ? Number.POSITIVE_INFINITY : found;
}
