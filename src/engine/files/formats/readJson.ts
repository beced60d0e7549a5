import { type Node, parseTree } from 'jsonc-parser';
import type { JsonValue } from '../../model/json.ts';
import { hasEscapedKey } from './jsonValue.ts';

/** What becomes of a number, given as written. */
type KeepNumber = (value: number, source: string) => JsonValue;

/**
 * JSON.parse for text of unknown origin, such as a reply: also right for the keys that V8 13.6 confuses
 * (see hasEscapedKey). Throws SyntaxError. The caller limits the nesting.
 */
export function readJson(text: string, keepNumber?: KeepNumber): JsonValue {
  const value: JsonValue = keepNumber ? JSON.parse(text, reviver(keepNumber)) : JSON.parse(text);
  const tree = hasEscapedKey(text) ? parseTree(text) : undefined;
  return tree ? readNode(tree, text, keepNumber) : value;
}

function reviver(keep: KeepNumber) {
  return (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' ? keep(value, context?.source ?? String(value)) : value;
}

function readNode(node: Node, text: string, keep: KeepNumber | undefined): JsonValue {
  const children = node.children ?? [];
  switch (node.type) {
    case 'object':
      return Object.fromEntries(
        children.flatMap(({ children: [key, value] = [] }) =>
          key && value ? [[String(key.value), readNode(value, text, keep)]] : [],
        ),
      );
    case 'array':
      return children.map((item) => readNode(item, text, keep));
    case 'number': {
      const source = text.slice(node.offset, node.offset + node.length);
      return keep ? keep(Number(source), source) : Number(source);
    }
    case 'string':
      return String(node.value);
    case 'boolean':
      return node.value === true;
    default:
      return null;
  }
}
