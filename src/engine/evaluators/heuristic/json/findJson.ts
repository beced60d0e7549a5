import type { JsonValue } from '../../../model/json.ts';
import { isNestedDeeper, MAX_REPLY_DEPTH } from '../../../model/jsonDepth.ts';

/** Characters looked at per character of text, at most: keeps a text of unmatched brackets cheap. */
const WORK_FACTOR = 50;

/**
 * The outermost JSON objects in a text, with `arrays` also the arrays and what stands in them. `gaveUp` is
 * true when the search ended early because too many brackets have no partner.
 */
export function findJson(text: string, arrays: boolean): { values: JsonValue[]; gaveUp: boolean } {
  const values: JsonValue[] = [];
  let work = WORK_FACTOR * (text.length + 1000);
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char !== '{' && !(arrays && char === '[')) continue;

    const end = balancedEnd(text, at);
    work -= (end < 0 ? text.length : end) - at;
    if (work < 0) return { values, gaveUp: true };

    const value = end < 0 ? undefined : parse(text.slice(at, end));
    if (value === undefined) continue;

    values.push(value);
    // Go on inside an array: a schema may be meant for one of its items.
    if (char === '{') at = end - 1;
  }

  return { values, gaveUp: false };
}

/** The position after the bracket that closes the one at `start`, or -1. Brackets in strings do not count. */
export function balancedEnd(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      depth--;
      if (depth === 0) return at + 1;
    }
  }

  return -1;
}

/** What is nested too deep is left alone: parsed from each of its brackets anew, it would take for ever. */
function parse(text: string): JsonValue | undefined {
  if (isNestedDeeper(text, MAX_REPLY_DEPTH)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
