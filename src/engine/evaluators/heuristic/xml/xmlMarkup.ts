/** A name of XML 1.0 at the place where the pattern is asked. */
const NAME =
  /[:A-Z_a-z\u{c0}-\u{d6}\u{d8}-\u{f6}\u{f8}-\u{2ff}\u{370}-\u{37d}\u{37f}-\u{1fff}\u{200c}-\u{200d}\u{2070}-\u{218f}\u{2c00}-\u{2fef}\u{3001}-\u{d7ff}\u{f900}-\u{fdcf}\u{fdf0}-\u{fffd}\u{10000}-\u{effff}][-.:\w\u{b7}\u{c0}-\u{d6}\u{d8}-\u{f6}\u{f8}-\u{37d}\u{37f}-\u{1fff}\u{200c}-\u{200d}\u{203f}-\u{2040}\u{2070}-\u{218f}\u{2c00}-\u{2fef}\u{3001}-\u{d7ff}\u{f900}-\u{fdcf}\u{fdf0}-\u{fffd}\u{10000}-\u{effff}]*/uy;

/** The name that begins at `at`; undefined where none does. */
export function xmlNameAt(text: string, at: number): string | undefined {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0];
}

/** The last character of `<!…>` at `start`, or of the text where it has no end. Quotes and brackets hide a `>`. */
export function declarationEnd(text: string, start: number): number {
  if (text.startsWith('<!--', start)) return delimited(text, start + 4, '-->');
  if (text.startsWith('<![CDATA[', start)) return delimited(text, start + 9, ']]>');

  let depth = 0;
  for (let at = start + 2; at < text.length; at++) {
    const char = text[at];
    if (char === '"' || char === "'") {
      at = text.indexOf(char, at + 1);
      if (at < 0) break;
    } else if (char === '[') depth++;
    else if (char === ']' && depth > 0) depth--;
    else if (char === '>' && depth === 0) return at;
  }

  return text.length - 1;
}

/** The last character of `<?…?>` at `start`, or of the text where it has no end. */
export function instructionEnd(text: string, start: number): number {
  return delimited(text, start + 2, '?>');
}

function delimited(text: string, from: number, delimiter: string): number {
  const at = text.indexOf(delimiter, from);
  return at < 0 ? text.length - 1 : at + delimiter.length - 1;
}
