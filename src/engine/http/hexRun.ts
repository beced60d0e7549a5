/** Digits of hexadecimal numbers, and what may stand between them in a dump of bytes; all else ends a run. */
const DIGIT = 1;
const BETWEEN = 2;
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[0-9a-fA-F]/.test(character)) return DIGIT;
  return /[\s:,_\-\\x]/.test(character) ? BETWEEN : 0;
});

/**
 * Whether a text may hold so many hexadecimal digits as they are dumped, one behind the other. Most texts do not, and looking for
 * digits among everything that may stand between them takes twenty times as long.
 */
export function mayHoldHex(text: string, digits: number): boolean {
  let run = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // Spaces beyond ASCII stand between digits, too.
    const kind = code < KINDS.length ? KINDS[code] : BETWEEN;
    if (kind === DIGIT) run += 1;
    else if (kind !== BETWEEN) run = 0;
    if (run >= digits) return true;
  }
  return false;
}
