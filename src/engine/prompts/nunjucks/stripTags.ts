/** The text without HTML's tags and comments, by Nunjucks' rules and in linear time. */
export function stripTags(text: string, keepsLines: boolean): string {
  const plain = withoutTags(text).trim();
  if (!keepsLines) return plain.replace(/\s+/g, ' ');
  return plain
    .split('\n')
    .map((line) => trimSpaces(line).replace(/ +/g, ' '))
    .join('\n')
    .replaceAll('\r\n', '\n')
    .replace(/\n{3,}/g, '\n\n');
}

function withoutTags(text: string): string {
  const name = /<\/?[a-z][a-z0-9]*\b/iy;
  let result = '';
  let cursor = 0;

  // Where nothing closes any more, nothing is looked for again.
  let tagsClose = true;
  let commentsClose = true;

  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    name.lastIndex = at;
    const isComment = text.startsWith('<!--', at);
    let end = -1;

    if (isComment && commentsClose) {
      end = endAfter(text, '-->', at + 4);
      commentsClose = end >= 0;
    } else if (!isComment && tagsClose && name.test(text)) {
      end = endAfter(text, '>', name.lastIndex);
      tagsClose = end >= 0;
    }

    if (end < 0) {
      at += 1;
      continue;
    }

    result += text.slice(cursor, at);
    cursor = end;
    at = end;
  }

  return result + text.slice(cursor);
}

function endAfter(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? -1 : at + mark.length;
}

/** Spaces alone, at both ends; a line may end with a carriage return, which stays. */
function trimSpaces(line: string): string {
  let start = 0;
  let end = line.length;
  while (line[start] === ' ') start += 1;
  const carriage = line.endsWith('\r');
  if (carriage) end -= 1;
  while (end > start && line[end - 1] === ' ') end -= 1;
  return line.slice(start, end) + (carriage ? '\r' : '');
}
