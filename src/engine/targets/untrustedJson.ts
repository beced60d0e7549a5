import type { JsonValue } from '../model/json.ts';

/** Deeper than any honest reply; far below what would exhaust the stack of a recursive reader. */
const MAX_DEPTH = 200;

/** Digits enough to exceed 2^53 - 1, or an exponent that may overflow. Most replies hold neither. */
const SUSPECT_NUMBER = /\d{16}|[eE]\+?\d{3}/;
const SUSPECT_KEY = /__proto__|\\u00/;

type Reviver = (this: unknown, key: string, value: JsonValue, context: { source?: string }) => JsonValue;

/**
 * Parses JSON that a process or server under test wrote. Throws a SyntaxError in plain words for what is
 * not JSON, is nested too deep, or holds the key `__proto__` or a number beyond the range of a double.
 * An integer that a double would round is kept as its digits, in a string: ids stay exact.
 */
export function parseUntrustedJson(text: string): JsonValue {
  if (isTooDeep(text)) throw new SyntaxError(`it is nested deeper than ${MAX_DEPTH} levels`);
  const value: JsonValue = SUSPECT_NUMBER.test(text)
    ? JSON.parse(text, keepNumbers as Parameters<typeof JSON.parse>[1])
    : JSON.parse(text);
  if (SUSPECT_KEY.test(text)) refusePrototypeKeys(value);
  return value;
}

const keepNumbers: Reviver = (_key, value, { source }) => {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  if (!Number.isFinite(value)) throw new SyntaxError(`the number ${source?.slice(0, 20)} is out of range`);
  return source !== undefined && /^-?\d+$/.test(source) ? source : value;
};

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // a string: jump to its closing quote
        at = endOfString(text, at);
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > MAX_DEPTH) return true;
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

function refusePrototypeKeys(value: JsonValue): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value) && Object.hasOwn(value, '__proto__')) {
    throw new SyntaxError('it holds the key "__proto__"');
  }
  for (const item of Object.values(value)) refusePrototypeKeys(item);
}
