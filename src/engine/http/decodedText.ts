/** A text as it reads once something is undone, with the way back to where each piece stood. */
export interface DecodedText {
  text: string;
  /** Where the character at `at` of the decoded text begins in the original, and where it ends. */
  sourceOf(at: number): { start: number; end: number };
}

/**
 * Escapes of JSON and programming languages, percent-encoding, and references of HTML, each also when it was applied
 * a few times; NUL bytes as in UTF-16, and line breaks as in folded base64, are nothing.
 */
const ENCODED =
  /\\{1,16}u([0-9a-fA-F]{4})|\\{1,16}x([0-9a-fA-F]{2})|\\{1,16}([^ux\\])|((?:%(?:25){0,8}[89a-fA-F][0-9a-fA-F])+)|%(?:25){0,8}([0-7][0-9a-fA-F])|&(?:amp;){0,8}(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));|[\0\r\n]+/g;
const MAY_BE_ENCODED = /[\\%&\0\r\n]/;
const BREAKS = /^[nr]$/;
const NAMED: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Undefined where nothing is encoded. */
export function decodedText(text: string): DecodedText | undefined {
  if (!MAY_BE_ENCODED.test(text)) return undefined;
  return replaced(text, ENCODED, decode);
}

/** Separators of hexadecimal dumps, and capital letters of their digits. */
const DUMPED = /\\{1,16}x|0x|[\s:,_-]+|[A-F]+/g;

/** The text as one that may hold hexadecimal digits; undefined where they would stand as they are. */
export function undumpedText(text: string): DecodedText | undefined {
  return replaced(text, DUMPED, ([found]) => (/^[A-F]/.test(found) ? found.toLowerCase() : ''));
}

function decode([found, unit, byte, sign, percents, percent, decimal, hex, name]: RegExpExecArray): string {
  if (unit !== undefined) return character(parseInt(unit, 16));
  if (byte !== undefined) return character(parseInt(byte, 16));
  if (sign !== undefined) return BREAKS.test(sign) ? '' : sign;
  if (percent !== undefined) return character(parseInt(percent, 16));
  if (percents !== undefined)
    return Buffer.from(percents.replace(/%(?:25){0,8}(?=[89a-fA-F])/g, ''), 'hex').toString('utf8');
  if (decimal !== undefined) return character(Number(decimal));
  if (hex !== undefined) return character(parseInt(hex, 16));
  if (name !== undefined) return NAMED[name] ?? found;
  return '';
}

function character(code: number): string {
  return code === 0 || code === 10 || code === 13 || code > 0x10ffff ? '' : String.fromCodePoint(code);
}

/** One replacement, at its places in both texts. */
interface Change {
  at: number;
  length: number;
  start: number;
  end: number;
}

function replaced(
  text: string,
  pattern: RegExp,
  replacement: (match: RegExpExecArray) => string,
): DecodedText | undefined {
  const changes: Change[] = [];
  const pieces: string[] = [];
  let end = 0;
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const written = replacement(match);
    const between = text.slice(end, match.index);
    pieces.push(between, written);
    at += between.length;
    end = match.index + match[0].length;
    changes.push({ at, length: written.length, start: match.index, end });
    at += written.length;
  }

  if (changes.length === 0) return undefined;

  pieces.push(text.slice(end));
  return { text: pieces.join(''), sourceOf: (position) => sourceOf(changes, position) };
}

function sourceOf(changes: readonly Change[], position: number): { start: number; end: number } {
  let low = 0;
  let high = changes.length;
  // The last change at or before the position; of those that wrote nothing, the last.
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle]?.at ?? 0) <= position) low = middle + 1;
    else high = middle;
  }

  const change = changes[low - 1];
  if (!change) return { start: position, end: position + 1 };

  const into = position - change.at;
  // As many characters as before, e.g. capital letters: one stands for one.
  if (into < change.length && change.length === change.end - change.start)
    return { start: change.start + into, end: change.start + into + 1 };
  if (into < change.length) return { start: change.start, end: change.end };

  const start = change.end + into - change.length;
  return { start, end: start + 1 };
}
