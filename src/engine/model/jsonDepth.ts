/** Deeper than any honest reply; far below what would exhaust the stack of a recursive reader. */
export const MAX_REPLY_DEPTH = 200;

/** Whether lists and objects of a JSON text are nested deeper than `levels`. Reads brackets only, so any text will do. */
export function isNestedDeeper(text: string, levels: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // a string: jump to its closing quote
        at = endOfJsonString(text, at);
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > levels) return true;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
    }
  }

  return false;
}

/** Where a string of a JSON text that begins at `open` has its closing quote; the end of the text where it has none. */
export function endOfJsonString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close >= 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close < 0 ? text.length : close;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
  return slashes % 2 === 1;
}
