import { visibleText } from '../model/visibleText.ts';

/**
 * Foreign text on one line as a code span, cut to `limit` characters: nothing in it is a mention, a link, an
 * issue number, markup or HTML.
 */
export function codeSpan(text: string, limit = 80): string {
  const line = cut(visibleText(text).replace(/\s+/g, ' ').trim(), limit);
  if (line === '') return '_(empty)_';
  const fence = '`'.repeat(longestRun(line) + 1);
  const padding = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${line}${padding}${fence}`;
}

/** Foreign text of several lines in a fence that nothing inside it can close. */
export function codeBlock(text: string): string {
  const body = visibleText(text).replaceAll('\r\n', '\n').replaceAll('\r', '␍');
  const fence = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${fence}text\n${body}\n${fence}\n`;
}

/** At most `limit` characters, without half a surrogate pair; says with an ellipsis that there was more. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/\p{Surrogate}$/u, '')}…`;
}

/** Length of the longest run of backticks. */
function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
