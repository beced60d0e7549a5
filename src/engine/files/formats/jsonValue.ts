import type { Node } from 'jsonc-parser';
import { FileError } from '../../errors.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { endOfJsonString } from '../../model/jsonDepth.ts';
import { formatLocation } from '../../model/location.ts';
import { FORBIDDEN_KEYS, MAX_NESTING } from '../limits.ts';
import { excerpt } from '../text/excerpt.ts';
import type { LineIndex } from '../text/lineIndex.ts';

/**
 * Whether JSON.parse kept all of `text` in `value`: no key lost to a duplicate, no number rounded, no key
 * that reaches a prototype, no lone surrogate, no excessive nesting. False means "look closer".
 */
export function isPlainlyExact(text: string, value: JsonValue): boolean {
  const keys = countKeys(value, 0);
  return keys !== undefined && keys === countWrittenKeys(text);
}

/**
 * Whether a key of this valid JSON is written with an escape: V8 13.6 may read the last key of `{"a":1,"\\c":2}` as that
 * of an object before it, such as `{"a":1,"\\\\":2}`.
 */
export function hasEscapedKey(text: string): boolean {
  return text.includes('\\') && countWrittenKeys(text) === undefined;
}

/** The value of a parsed tree. Throws FileError with the place of anything that cannot be kept exactly. */
export function readJsonNode(node: Node, index: LineIndex): JsonValue {
  switch (node.type) {
    case 'object':
      return readObject(node, index);
    case 'array':
      return (node.children ?? []).map((item) => readJsonNode(item, index));
    case 'string':
      return checkText(String(node.value), node, index);
    case 'number':
      return checkNumber(Number(node.value), node, index);
    case 'boolean':
      return node.value === true;
    default:
      return null;
  }
}

/** Keys of all objects inside `value`; undefined as soon as something needs a closer look. */
function countKeys(value: JsonValue, depth: number): number | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? 0 : undefined;
  if (typeof value === 'number') return isSurelyExact(value) ? 0 : undefined;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= MAX_NESTING) return undefined;

  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      const inside = countKeys(item, depth + 1);
      if (inside === undefined) return undefined;
      count += inside;
    }
    return count;
  }

  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key) || !key.isWellFormed()) return undefined;
    const inside = countKeys(value[key] ?? null, depth + 1);
    if (inside === undefined) return undefined;
    count += inside + 1;
  }

  return count;
}

/** A fraction is as exact as its author expects; a whole number beyond 2^53 may have been rounded. */
function isSurelyExact(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
}

/**
 * How many keys are written in valid JSON: strings followed by a colon. Linear: each character is looked at a bounded
 * number of times. Undefined when a key has an escape (hasEscapedKey).
 */
function countWrittenKeys(text: string): number | undefined {
  let count = 0;
  let open = text.indexOf('"');
  while (open >= 0) {
    const close = endOfJsonString(text, open);
    let next = close + 1;
    while (isSpace(text.charCodeAt(next))) next++;

    if (text.charCodeAt(next) === 0x3a) {
      if (text.slice(open, close).includes('\\')) return undefined;
      count++;
    }
    open = text.indexOf('"', next);
  }

  return count;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function readObject(node: Node, index: LineIndex): JsonObject {
  const result: JsonObject = {};
  const seen = new Map<string, Node>();
  for (const property of node.children ?? []) {
    const [keyNode, valueNode] = property.children ?? [];
    if (!keyNode || !valueNode) continue;

    const key = checkText(String(keyNode.value), keyNode, index);
    if (FORBIDDEN_KEYS.has(key))
      throw refuse(keyNode, index, `the key '${excerpt(key)}' is not allowed`, 'Rename it.');

    const first = seen.get(key);
    if (first) {
      const place = formatLocation(index.location(first.offset));
      throw refuse(
        keyNode,
        index,
        `the key '${excerpt(key)}' was already used at ${place}`,
        'Remove or rename one of them.',
      );
    }

    seen.set(key, keyNode);
    result[key] = readJsonNode(valueNode, index);
  }

  return result;
}

function checkText(text: string, node: Node, index: LineIndex): string {
  if (text.isWellFormed()) return text;
  const what = 'the string contains half of a surrogate pair (\\uD800 to \\uDFFF)';
  throw refuse(node, index, what, 'Replace it with the whole character.');
}

function checkNumber(value: number, node: Node, index: LineIndex): number {
  const source = index.slice(node.offset, node.offset + node.length);
  const shown = excerpt(source);
  if (!Number.isFinite(value)) {
    throw refuse(node, index, `${shown} is too large for a number`, 'Quote it if it is a string.');
  }

  if (/^-?\d+$/.test(source) && !Number.isSafeInteger(value)) {
    throw refuse(
      node,
      index,
      `the integer ${shown} is too large to be represented exactly`,
      `Quote it: "${shown}".`,
    );
  }

  return value;
}

function refuse(node: Node, index: LineIndex, what: string, remedy: string): FileError {
  return new FileError(what, { where: index.location(node.offset), remedy });
}
