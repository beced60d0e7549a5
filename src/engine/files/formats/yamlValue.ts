import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { FileError } from '../../errors.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { formatLocation } from '../../model/location.ts';
import { FORBIDDEN_KEYS, MAX_NESTING } from '../limits.ts';
import { excerpt } from '../text/excerpt.ts';
import type { LineIndex } from '../text/lineIndex.ts';
import type { Pointer } from './document.ts';

type ParsedMap = YAMLMap.Parsed<ParsedNode, ParsedNode | null>;
type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

/** What all aliases of a file may expand to: a unit is a character, and each value counts eight more. */
const MAX_ALIAS_WEIGHT = 16_000_000;

/** The node that each alias refers to; filled while the value is read. */
export class AliasTargets extends Map<Alias, ParsedNode> {}

/**
 * The JSON value of a YAML node. Throws FileError, with its location, for anything that JSON cannot represent exactly.
 */
export function readYamlValue(node: ParsedNode, index: LineIndex, aliases: AliasTargets): JsonValue {
  return new Reader(index, aliases).read(node, 0);
}

/** Offsets of the key or value at `pointer`, or of the nearest ancestor that exists. */
export function findYamlNode(
  root: ParsedNode,
  pointer: Pointer,
  part: 'key' | 'value',
  aliases: AliasTargets,
): readonly [number, number] {
  let found: readonly [number, number] = valueRange(root);
  let node: ParsedNode | null = root;
  for (const [depth, step] of pointer.entries()) {
    const target: ParsedNode | null | undefined = node && isAlias(node) ? aliases.get(node) : node;
    const isLast = depth === pointer.length - 1;
    if (isMap(target)) {
      const pair: ParsedPair | undefined = (target as ParsedMap).items.find(
        (item) => keyText(item.key, aliases) === String(step),
      );
      if (!pair) return found;
      const hasText = pair.value && pair.value.range[1] > pair.value.range[0];
      found = valueRange(!hasText || (isLast && part === 'key') ? pair.key : (pair.value ?? pair.key));
      node = pair.value;
    } else if (isSeq(target)) {
      const item = target.items[Number(step)] as ParsedNode | undefined;
      if (!item) return found;
      found = valueRange(item);
      node = item;
    } else return found;
  }

  return found;
}

class Reader {
  readonly #index: LineIndex;
  readonly #aliases: AliasTargets;
  readonly #anchors = new Map<string, ParsedNode>();
  /** Anchored nodes that are being expanded, to find an alias inside its own anchor. */
  readonly #open = new Set<ParsedNode>();
  #expanding = 0;
  #weight = 0;

  constructor(index: LineIndex, aliases: AliasTargets) {
    this.#index = index;
    this.#aliases = aliases;
  }

  read(node: ParsedNode, depth: number): JsonValue {
    if (depth > MAX_NESTING) throw this.#error(node, `nested deeper than ${MAX_NESTING} levels`);
    if (isAlias(node)) return this.#readAlias(node, depth);
    if (this.#expanding === 0 && node.anchor) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#readScalar(node);
    this.#weigh(node, 0);
    this.#open.add(node);
    const value = isMap(node)
      ? this.#readMap(node as ParsedMap, depth)
      : node.items.map((item) => this.read(item as ParsedNode, depth + 1));
    this.#open.delete(node);
    return value;
  }

  #readAlias(alias: Alias.Parsed, depth: number): JsonValue {
    const target = this.#aliases.get(alias) ?? this.#anchors.get(alias.source);
    if (!target) {
      throw this.#error(
        alias,
        `no anchor &${excerpt(alias.source)} is defined before this alias`,
        `Check the name of the anchor, or quote a string that starts with *: "*${excerpt(alias.source, 40)}"`,
      );
    }

    if (this.#open.has(target))
      throw this.#error(alias, `the alias *${excerpt(alias.source)} contains itself`);
    this.#aliases.set(alias, target);

    this.#expanding++;
    const value = this.read(target, depth + 1);
    this.#expanding--;
    return value;
  }

  #readScalar(node: Scalar.Parsed): JsonValue {
    const value: unknown = node.value;
    if (typeof value === 'string') {
      this.#weigh(node, value.length);
      if (!value.isWellFormed()) {
        throw this.#error(
          node,
          'the string contains half of a surrogate pair (\\uD800 to \\uDFFF)',
          'Replace it with the whole character.',
        );
      }
      return value;
    }

    this.#weigh(node, 0);
    if (typeof value === 'number') return this.#checkNumber(node, value);
    if (typeof value === 'boolean' || value === null) return value;
    throw this.#error(node, 'the value must be a string, number, boolean, null, list or map');
  }

  #checkNumber(node: Scalar.Parsed, value: number): number {
    const source = node.source;
    const shown = excerpt(source);
    if (!Number.isFinite(value)) {
      throw this.#error(node, `${shown} is not a finite number`, 'Quote it if it is a string.');
    }

    const isInteger = /^[-+]?\d+$|^0[xo]/.test(source);
    if (isInteger && !Number.isSafeInteger(value)) {
      throw this.#error(
        node,
        `the integer ${shown} is too large to be represented exactly`,
        `Quote it: "${shown}".`,
      );
    }

    return value;
  }

  #readMap(map: ParsedMap, depth: number): JsonObject {
    const result: JsonObject = {};
    const seen = new Map<string, ParsedNode>();
    const merges: ParsedNode[] = [];

    for (const pair of map.items) {
      if (isMergeKey(pair.key) && pair.value) {
        if (this.#expanding === 0 && merges.length > 0)
          throw this.#duplicate(pair.key, merges[0] ?? pair.key, '<<');
        merges.push(pair.value);
        continue;
      }

      const key = this.#readKey(pair.key, depth);
      const first = seen.get(key);
      if (first) throw this.#duplicate(pair.key, first, key);
      seen.set(key, pair.key);
      result[key] = pair.value ? this.read(pair.value, depth + 1) : null;
    }

    for (const source of merges) this.#merge(result, source, depth);
    return result;
  }

  #readKey(node: ParsedNode, depth: number): string {
    if (isAlias(node)) this.#readAlias(node, depth);
    else if (isScalar(node)) {
      if (this.#expanding === 0 && node.anchor) this.#anchors.set(node.anchor, node);
      // Other scalars keep their source, so that no number is rounded.
      if (typeof node.value === 'string') this.#readScalar(node);
    }

    const key = keyText(node, this.#aliases);
    if (key === undefined)
      throw this.#error(node, 'a key must be a plain string', 'Put a string before the colon.');
    if (FORBIDDEN_KEYS.has(key))
      throw this.#error(node, `the key '${excerpt(key)}' is not allowed`, 'Rename it.');

    return key;
  }

  #merge(into: JsonObject, source: ParsedNode, depth: number): void {
    const value = this.read(source, depth + 1);
    const maps = Array.isArray(value) ? value : [value];
    for (const map of maps) {
      if (typeof map !== 'object' || map === null || Array.isArray(map)) {
        throw this.#error(source, 'the merge key << requires a map or a list of maps');
      }
      for (const [key, item] of Object.entries(map)) if (!Object.hasOwn(into, key)) into[key] = item;
    }
  }

  #weigh(node: ParsedNode, characters: number): void {
    if (this.#expanding === 0) return;
    this.#weight += characters + 8;
    if (this.#weight <= MAX_ALIAS_WEIGHT) return;
    throw this.#error(node, 'the aliases in this file expand to too much data', 'Use fewer aliases.');
  }

  #duplicate(second: ParsedNode, first: ParsedNode, key: string): FileError {
    const where = formatLocation(this.#index.location(valueRange(first)[0]));
    return this.#error(
      second,
      `the key '${excerpt(key)}' was already used at ${where}`,
      'Remove or rename one of them.',
    );
  }

  #error(node: ParsedNode, what: string, remedy?: string): FileError {
    const where = this.#index.location(valueRange(node)[0]);
    return new FileError(what, { where, remedy });
  }
}

function isMergeKey(node: ParsedNode): boolean {
  return isScalar(node) && node.value === '<<' && node.type === 'PLAIN';
}

/** Numeric keys keep their source, so that none is rounded. */
function keyText(node: ParsedNode, aliases: AliasTargets): string | undefined {
  const scalar = isAlias(node) ? aliases.get(node) : node;
  if (!isScalar(scalar)) return undefined;
  if (typeof scalar.value === 'string') return scalar.value;
  return scalar.source || undefined;
}

function valueRange(node: ParsedNode): readonly [number, number] {
  return [node.range[0], node.range[1]];
}
