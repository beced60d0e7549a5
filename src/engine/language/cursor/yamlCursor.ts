import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type Scalar } from 'yaml';
import type { Pointer } from '../../files/formats/document.ts';
import { isReadableYaml } from '../../files/formats/parseYaml.ts';
import type { CursorText } from './cursorText.ts';

/** The key or value at a cursor, or the one being typed. */
export interface YamlCursor {
  /** Of the map in which a key is typed, or of the value that is typed. */
  pointer: Pointer;
  role: 'key' | 'value';
  /** Keys of the map that are there already. */
  siblings: string[];
  /** The value of `type` in the same map, if any. */
  type?: string;
  /** True where the key has its colon already. */
  hasColon: boolean;
  /** Columns (from 0) of the word at the cursor, in its line. */
  start: number;
  end: number;
}

const MARKER = 'CURSOR-7f3a';

/** Works on texts that are being typed: a mark is put at the cursor, and what can be parsed is searched for it. */
export function yamlCursor({ lines, row, column, base }: CursorText): YamlCursor | undefined {
  const line = lines[row] ?? '';
  const before = line.slice(0, column);
  if (/(?:^|\s)#/.test(before)) return undefined;

  const start = column - (/[\w./:@*+-]*$/.exec(before)?.[0].replace(/^-(?=$)/, '').length ?? 0);
  const end = column + (/^[\w./@*+-]*/.exec(line.slice(column))?.[0].length ?? 0);
  const rest = line.slice(end);
  const hasColon = /^\s*:/.test(rest);
  const isBare = /^\s*(?:- +)*$/.test(line.slice(0, start)) && /^\s*(?:#.*)?$/.test(rest);
  const marked = `${line.slice(0, start)}${MARKER}${isBare ? ':' : ''}${rest}`;
  const root = parseLoosely(lines.with(row, marked).join('\n'));

  const found = root ? findMark(root, base) : undefined;
  return found && { ...found, hasColon, start, end };
}

/** A key or a plain value in the text. */
export interface YamlPlace {
  /** Of the value, also for a key. */
  pointer: Pointer;
  isKey: boolean;
  /** The text there. */
  word: string;
}

/** The key or value at a cursor. */
export function yamlPlace(text: CursorText): YamlPlace | undefined {
  const root = parseLoosely(text.lines.join('\n'));
  const before = text.lines.slice(0, text.row).reduce((sum, { length }) => sum + length + 1, 0);
  return root ? placeAt(root, before + text.column, text.base) : undefined;
}

/** Undefined for what no parser can make anything of, such as nesting without end, and beyond the limits of size. */
function parseLoosely(text: string): Node | undefined {
  if (!isReadableYaml(text)) return undefined;
  try {
    return (
      parseDocument(text, { schema: 'core', uniqueKeys: false, logLevel: 'silent', strict: false })
        .contents ?? undefined
    );
  } catch {
    return undefined;
  }
}

type Found = Pick<YamlCursor, 'pointer' | 'role' | 'siblings'>;

function findMark(node: unknown, pointer: Pointer): Found | undefined {
  if (isScalar(node)) return isMark(node) ? { pointer, role: 'value', siblings: [] } : undefined;
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = findMark(item, [...pointer, index]);
      if (found) return found;
    }
    return undefined;
  }

  if (!isMap(node)) return undefined;
  for (const pair of node.items) {
    if (isScalar(pair.key) && isMark(pair.key)) {
      const siblings = node.items.flatMap((other) => (other === pair ? [] : keyOf(other)));
      const type: unknown = node.get('type');
      return { pointer, role: 'key', siblings, ...(typeof type === 'string' ? { type } : {}) };
    }
    const found = findMark(pair.value, [...pointer, ...keyOf(pair)]);
    if (found) return found;
  }

  return undefined;
}

function isMark({ value }: Scalar): boolean {
  return typeof value === 'string' && value.includes(MARKER);
}

function placeAt(node: unknown, offset: number, pointer: Pointer): YamlPlace | undefined {
  if (isScalar(node))
    return covers(node, offset) ? { pointer, isKey: false, word: String(node.value) } : undefined;
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = placeAt(item, offset, [...pointer, index]);
      if (found) return found;
    }
  }

  if (!isMap(node)) return undefined;
  for (const pair of node.items) {
    const inner = [...pointer, ...keyOf(pair)];
    if (isScalar(pair.key) && covers(pair.key, offset))
      return { pointer: inner, isKey: true, word: String(pair.key.value) };
    const found = placeAt(pair.value, offset, inner);
    if (found) return found;
  }

  return undefined;
}

function covers({ range }: Scalar, offset: number): boolean {
  return range ? offset >= range[0] && offset <= range[1] : false;
}

function keyOf({ key }: Pair): string[] {
  return isScalar(key) ? [String(key.value)] : [];
}
