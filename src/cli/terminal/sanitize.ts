import { visibleText } from '../../engine/model/visibleText.ts';

/** Makes text that came from a model or a file safe to print: what a terminal would obey is shown instead. */
export function sanitize(text: string): string {
  return visibleText(text).replaceAll('\r', '␍');
}

/** Safe text on one line: line breaks and tabs become visible or spaces. */
export function sanitizeLine(text: string): string {
  return sanitize(text.replaceAll('\r\n', '\n')).replaceAll('\n', '⏎ ').replaceAll('\t', ' ');
}
