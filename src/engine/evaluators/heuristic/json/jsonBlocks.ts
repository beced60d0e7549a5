import type { JsonValue } from '../../../model/json.ts';
import { balancedEnd } from './findJson.ts';

const FENCED = /^[ \t]*(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^[ \t]*\1[^\n]*$|(?![\s\S]))/gm;
const OPENING = /^[ \t]*(?=[[{])/gm;
/** Characters looked at per character of text, at most: keeps a text of unmatched brackets cheap. */
const WORK_FACTOR = 50;

/** The JSON objects and lists of a text that begin and end a line, outside of fenced code. */
export function jsonBlocks(text: string): JsonValue[] {
  const plain = text.replace(FENCED, '');
  const values: JsonValue[] = [];
  let work = WORK_FACTOR * (plain.length + 1000);
  let from = 0;
  for (const match of plain.matchAll(OPENING)) {
    const start = match.index + match[0].length;
    if (start < from) continue;

    const end = balancedEnd(plain, start);
    work -= (end < 0 ? plain.length : end) - start;
    if (work < 0) break;
    if (end < 0 || !/^[ \t\r]*(?:\n|$)/.test(plain.slice(end, end + 200))) continue;

    const value = parse(plain.slice(start, end));
    if (value === undefined) continue;

    values.push(value);
    from = end;
  }

  return values;
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
