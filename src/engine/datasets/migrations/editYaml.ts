import { isMap, isScalar, isSeq, type Pair, type ParsedNode, type YAMLMap } from 'yaml';
import type { Pointer } from '../../files/formats/document.ts';
import { composeYaml } from '../../files/formats/parseYaml.ts';
import { LineIndex } from '../../files/text/lineIndex.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { PlacedEdits } from './editJson.ts';
import { lineBreakBehind, quoteLike, type Replacement } from './replacement.ts';

type ParsedMap = YAMLMap.Parsed<ParsedNode, ParsedNode | null>;
type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

/** A text with what is worked out once for it. */
interface Source {
  text: string;
  index: LineIndex;
  lineBreak: string;
}

/**
 * The replacements that make the edits in a YAML text and touch nothing else: comments, order, quotes,
 * blank lines and line breaks stay. Aliases are not followed.
 */
export function editYaml(text: string, path: string, placed: readonly PlacedEdits[]): Replacement[] {
  const index = new LineIndex(path, text);
  const root = composeYaml(text, index).contents;
  const source: Source = { text, index, lineBreak: text.includes('\r\n') ? '\r\n' : '\n' };
  if (!root) return [];

  return placed.flatMap(({ at, edits }) =>
    edits.flatMap((edit) => {
      const map = nodeAt(root, [...at, ...edit.path]);
      if (!isMap(map)) return [];
      const parsed = map as ParsedMap;
      if (edit.op === 'add') return insertion(source, parsed, edit.key, edit.value);
      const pair = findPair(parsed, edit.op === 'rename' ? edit.from : edit.key);
      const node = edit.op === 'rename' ? pair?.key : pair?.value;
      if (!node) return [];
      const [start, end] = node.range;
      const content = edit.op === 'rename' ? edit.to : String(edit.value);
      return [{ start, end, text: quoteLike(text.slice(start, end), content) }];
    }),
  );
}

function nodeAt(root: ParsedNode, pointer: Pointer): ParsedNode | null | undefined {
  let node: ParsedNode | null | undefined = root;
  for (const step of pointer) {
    if (isMap(node)) node = findPair(node as ParsedMap, String(step))?.value;
    else if (isSeq(node)) node = node.items[Number(step)] as ParsedNode | undefined;
    else return undefined;
  }
  return node;
}

/** The entry of a map; undefined if it does not exist or the node is not a map. */
export function findPair(map: ParsedNode | null, key: string): ParsedPair | undefined {
  if (!isMap(map)) return undefined;
  return (map as ParsedMap).items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function insertion(source: Source, map: ParsedMap, key: string, value: JsonValue): Replacement[] {
  const { text, index, lineBreak } = source;
  const last = map.items.at(-1);
  if (!last) return [firstEntry(map, key, value)];

  const name = quoteLike(text.slice(last.key.range[0], last.key.range[1]), key);
  if (map.flow) {
    const before = map.items.at(-2);
    const gapStart = before ? endOf(before) : map.range[0] + 1;
    const separator = lineBreakBehind(text.slice(gapStart, last.key.range[0])) ?? ' ';
    const at = endOf(last);
    const entry = `${name}: ${flow(value, text.slice(...keyRange(last)))}`;
    return [{ start: at, end: at, text: `,${separator}${entry}` }];
  }

  const indent = ' '.repeat(index.location(map.items[0]?.key.range[0] ?? 0).column - 1);
  const lines = entryLines(map, index, name, value).map((line) => indent + line);
  const end = lineEnd(text, contentEnd(last.value ?? last.key));
  const isComplete = text[end - 1] === '\n';
  const content = lines.join(lineBreak);

  return [{ start: end, end, text: isComplete ? content + lineBreak : lineBreak + content }];
}

/** In place of `{}`, which is the only way to write an empty map. */
function firstEntry(map: ParsedMap, key: string, value: JsonValue): Replacement {
  const [start, end] = map.range;
  return { start, end, text: `{ ${key}: ${flow(value, key)} }` };
}

/** The entry formatted like its neighbours: maps as blocks if the others are blocks. */
function entryLines(map: ParsedMap, index: LineIndex, name: string, value: JsonValue): string[] {
  const neighbour = map.items.map((pair) => pair.value).find((node) => isMap(node)) as ParsedMap | undefined;
  if (!isJsonObject(value)) return [`${name}: ${flow(value, name)}`];
  const column = (node: ParsedNode | undefined) => index.location(node?.range[0] ?? 0).column;
  const step = neighbour && !neighbour.flow ? column(neighbour.items[0]?.key) - column(map.items[0]?.key) : 0;
  if (step <= 0) return [`${name}: ${flow(value, name)}`];
  const entries = Object.entries(value).map(
    ([key, item]) => `${' '.repeat(step)}${quoteLike(name, key)}: ${flow(item, name)}`,
  );
  return [`${name}:`, ...entries];
}

/** A value on one line; keys and texts quoted as `sample` is. */
function flow(value: JsonValue, sample: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => flow(item, sample)).join(', ')}]`;
  if (!isJsonObject(value)) return typeof value === 'string' ? quoteLike(sample, value) : String(value);
  const entries = Object.entries(value).map(
    ([key, item]) => `${quoteLike(sample, key)}: ${flow(item, sample)}`,
  );
  return `{ ${entries.join(', ')} }`;
}

function endOf(pair: ParsedPair): number {
  return (pair.value ?? pair.key).range[1];
}

function keyRange(pair: ParsedPair): [number, number] {
  return [pair.key.range[0], pair.key.range[1]];
}

/** The end of a node's content, without the comments and blank lines after it. */
export function contentEnd(outer: ParsedNode): number {
  return lastNode(outer).range[1];
}

/** The node that a block of nodes ends with: a scalar, or one in brackets. */
export function lastNode(outer: ParsedNode): ParsedNode {
  let node = outer;
  while (true) {
    if ((!isMap(node) && !isSeq(node)) || node.flow) return node;
    const last = node.items.at(-1) as ParsedPair | ParsedNode | undefined;
    if (!last) return node;
    node = 'key' in last ? (last.value ?? last.key) : last;
  }
}

/** The start of the next line; a block text already ends there. */
export function lineEnd(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset;
  const next = text.indexOf('\n', offset);
  return next < 0 ? text.length : next + 1;
}
