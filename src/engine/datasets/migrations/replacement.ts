/** Text that replaces the range from `start` to `end` (exclusive); offsets refer to the old text. */
export interface Replacement {
  start: number;
  end: number;
  text: string;
}

/**
 * The text after all replacements. Insertions at one offset keep their order; a replacement that is given
 * twice (a value reached by way of two aliases) is made once.
 */
export function replaceAll(text: string, replacements: readonly Replacement[]): string {
  const ordered = replacements.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let done = 0;
  let previous: Replacement | undefined;

  for (const next of ordered) {
    const isInsertion = next.start === next.end;
    const isRepeated = previous && next.start === previous.start && next.end === previous.end && !isInsertion;
    if (isRepeated && previous?.text === next.text) continue;
    if (next.start < done) throw new RangeError(`replacements overlap at offset ${next.start}`);
    result += text.slice(done, next.start) + next.text;
    done = next.end;
    previous = next;
  }

  return result + text.slice(done);
}

/** Quotes `text` as `sample` is quoted; `sample` is the token that it replaces or follows. */
export function quoteLike(sample: string, text: string): string {
  const quote = sample[0];
  return quote === '"' || quote === "'" ? `${quote}${text}${quote}` : text;
}

/** The last line break in the white space at the end of `gap`, and the indentation after it. */
export function lineBreakBehind(gap: string): string | undefined {
  const space = gap.slice(gap.trimEnd().length);
  const at = space.lastIndexOf('\n');
  if (at < 0) return undefined;
  return space.slice(space[at - 1] === '\r' ? at - 1 : at);
}
