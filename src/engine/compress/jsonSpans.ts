import type { Span } from './spanSet.ts';

/** A JSON object or array that stands in a text; `tokens` are its strings, numbers, literals and marks. */
export interface JsonBlock extends Span {
  tokens: Span[];
}

/** Longer blocks are data that nobody wrote by hand, in characters. */
const LONGEST = 20_000;
/** How many openings are tried: each may cost a look at all that follows it. */
const MOST_TRIES = 500;
const TOKEN = /"(?:[^"\\\n]|\\.)*"|[{}[\],:]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/** Every complete JSON object or non-trivial array of a text, the outermost only. */
export function findJson(text: string): JsonBlock[] {
  const blocks: JsonBlock[] = [];
  const opening = /[{[](?=[ \t\r\n]*["{[\d-])/g;
  let tries = 0;

  for (let match = opening.exec(text); match && tries < MOST_TRIES; match = opening.exec(text)) {
    // `{{` and `[[` are template marks far more often than nested JSON.
    if (text[match.index + 1] === '{' && text[match.index] === '{') continue;
    tries += 1;
    const block = readBlock(text, match.index);
    if (block === undefined) continue;
    blocks.push(block);
    opening.lastIndex = block.end;
  }

  return blocks;
}

function readBlock(text: string, start: number): JsonBlock | undefined {
  const tokens: Span[] = [];
  let depth = 0;
  for (let at = start; at < text.length && at - start < LONGEST; ) {
    TOKEN.lastIndex = at;
    if (!TOKEN.test(text)) return undefined;

    const end = TOKEN.lastIndex;
    tokens.push({ start: at, end });
    const mark = text[at];
    if (mark === '{' || mark === '[') depth += 1;
    if (mark === '}' || mark === ']') depth -= 1;
    if (depth === 0) return isJson(text.slice(start, end)) ? { start, end, tokens } : undefined;

    SPACE.lastIndex = end;
    SPACE.test(text);
    at = SPACE.lastIndex;
  }

  return undefined;
}

function isJson(text: string): boolean {
  // A list of one number is a footnote or an index.
  if (/^\[\s*\d+\s*\]$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
