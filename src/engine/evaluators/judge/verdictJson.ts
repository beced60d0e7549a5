import { visit } from 'jsonc-parser';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { isNestedDeeper } from '../../model/jsonDepth.ts';

/** A JSON object within a judge's text, and what stands around it. */
export interface WrittenVerdict {
  value: JsonObject;
  before: string;
  after: string;
}

/** What a judge's text holds: exactly one JSON object, none, or more than one verdict. */
type FoundVerdict = ({ found: 'one' } & WrittenVerdict) | { found: 'none' } | { found: 'several' };

/** Starts that are tried, and characters that are read: a verdict is short, a flood of braces is an attack. */
const MAX_STARTS = 200;
const MAX_LENGTH = 200_000;
const MAX_DEPTH = 20;

/**
 * Finds the one JSON object in a judge's answer. Two objects, or one object that says the same key twice, are two
 * verdicts: which of them counts is not ours to guess. What the words around it mean is for verdictDoubt.ts to say.
 */
export function findVerdict(text: string): FoundVerdict {
  if (text.length > MAX_LENGTH) return { found: 'none' };

  const found: { value: JsonObject; start: number; end: number }[] = [];
  let from = 0;
  for (let starts = 0; ; starts++) {
    const start = text.indexOf('{', from);
    if (start < 0) break;
    // Another verdict may stand behind what was not read.
    if (starts === MAX_STARTS) return { found: 'none' };
    const end = closingBrace(text, start);
    const value = parseObject(text.slice(start, end));
    if (value) found.push({ value, start, end });
    from = value ? end : start + 1;
  }

  const [first] = found;
  if (!first) return { found: 'none' };

  const { value, start, end } = first;
  if (found.length > 1 || repeatsKey(text.slice(start, end))) return { found: 'several' };

  return { found: 'one', value, before: text.slice(0, start), after: text.slice(end) };
}

/** Position after the brace that closes the one at `start`; the end of the text where none does. */
function closingBrace(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at++;
      else if (character === '"') quoted = false;
      continue;
    }

    if (character === '"') quoted = true;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return at + 1;
  }
  return text.length;
}

function parseObject(source: string): JsonObject | undefined {
  if (isNestedDeeper(source, MAX_DEPTH)) return undefined;
  try {
    const value: unknown = JSON.parse(source);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** JSON.parse keeps the last of two equal keys without a word. */
function repeatsKey(source: string): boolean {
  const keys: Set<string>[] = [];
  let repeated = false;
  visit(source, {
    onObjectBegin: () => void keys.push(new Set()),
    onObjectEnd: () => void keys.pop(),
    onObjectProperty: (name) => {
      const seen = keys.at(-1);
      repeated ||= seen?.has(name) ?? false;
      seen?.add(name);
    },
  });

  return repeated;
}
