/** Deeper than any honest reply; far below what would exhaust the stack of a recursive reader. */
export const MAX_REPLY_DEPTH = 200;

/** Whether lists and objects of a JSON text are nested deeper than `levels`. Reads brackets only, so any text will do. */
export function isNestedDeeper(text: string, levels: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // a string: jump to its closing quote
        at = endOfString(text, at);
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

function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at;
  }
  return text.length;
}
