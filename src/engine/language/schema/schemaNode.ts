import type { Pointer } from '../../files/formats/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** How deeply references may nest; real schemas need four. */
const MAX_DEPTH = 20;

/**
 * A position in a JSON Schema: every alternative that may apply there. For completion and hovers, not for validation.
 */
export class SchemaNode {
  readonly #root: JsonObject;
  readonly #alternatives: readonly JsonObject[];

  private constructor(root: JsonObject, alternatives: readonly JsonObject[]) {
    this.#root = root;
    this.#alternatives = alternatives;
  }

  static of(schema: JsonObject): SchemaNode {
    return new SchemaNode(schema, expand(schema, schema, 0));
  }

  at(pointer: Pointer): SchemaNode {
    let node: SchemaNode = this;
    for (const key of pointer) node = node.#step(key);
    return node;
  }

  /** The same position, given that the map there is of this type: adds the schema of that type. */
  ofType(type: string | undefined): SchemaNode {
    if (type === undefined) return this;
    const inner = this.#alternatives.flatMap(({ if: condition, then }) =>
      isJsonObject(then) && isOfType(condition, type) ? expand(this.#root, then, 0) : [],
    );
    return new SchemaNode(this.#root, [...inner, ...this.#alternatives]);
  }

  /** The allowed keys, in schema order. */
  get keys(): { name: string; node: SchemaNode }[] {
    const names = new Set<string>();
    for (const { properties } of this.#alternatives)
      if (isJsonObject(properties)) for (const name of Object.keys(properties)) names.add(name);
    return [...names].map((name) => ({ name, node: this.#step(name) }));
  }

  /** The allowed values, if the schema lists them. */
  get values(): JsonValue[] {
    const values = this.#alternatives.flatMap((schema) => {
      if (Array.isArray(schema['enum'])) return schema['enum'];
      if ('const' in schema) return [schema['const'] ?? null];
      return schema['type'] === 'boolean' ? [true, false] : [];
    });
    return [...new Set(values)];
  }

  get description(): string | undefined {
    return this.#first('description');
  }

  get title(): string | undefined {
    return this.#first('title');
  }

  /** The default as JSON; undefined where the schema names none. */
  get fallback(): JsonValue | undefined {
    return this.#alternatives.find((schema) => 'default' in schema)?.['default'];
  }

  /** Whether a map or a list is allowed, so that a key is followed by indented lines. */
  get takes(): { map: boolean; list: boolean; plain: boolean } {
    const types = this.#alternatives.flatMap(({ type }) => type ?? []);
    const map = types.includes('object');
    const list = types.includes('array');
    return {
      map,
      list,
      plain: types.some((type) => type !== 'object' && type !== 'array') || !(map || list),
    };
  }

  #first(key: 'description' | 'title'): string | undefined {
    for (const schema of this.#alternatives) if (typeof schema[key] === 'string') return schema[key];
    return undefined;
  }

  #step(key: string | number): SchemaNode {
    const inner = this.#alternatives.flatMap((schema) => {
      const found = typeof key === 'number' ? itemOf(schema, key) : propertyOf(schema, key);
      return isJsonObject(found) ? expand(this.#root, found, 0) : [];
    });
    return new SchemaNode(this.#root, inner);
  }
}

function isOfType(condition: JsonValue | undefined, type: string): boolean {
  const named =
    isJsonObject(condition) && isJsonObject(condition['properties']) ? condition['properties']['type'] : null;
  return isJsonObject(named) && Array.isArray(named['enum']) && named['enum'].includes(type);
}

function itemOf({ items }: JsonObject, index: number): JsonValue | undefined {
  return Array.isArray(items) ? items[index] : items;
}

function propertyOf({ properties, additionalProperties }: JsonObject, key: string): JsonValue | undefined {
  if (isJsonObject(properties) && Object.hasOwn(properties, key)) return properties[key];
  return additionalProperties;
}

/** A schema and everything it refers to or offers, nearest first: its own properties win. */
function expand(root: JsonObject, schema: JsonObject, depth: number): JsonObject[] {
  if (depth > MAX_DEPTH) return [];
  const inner: JsonObject[] = [];
  const target = typeof schema['$ref'] === 'string' ? resolve(root, schema['$ref']) : undefined;
  if (target) inner.push(...expand(root, target, depth + 1));
  for (const key of ['allOf', 'anyOf', 'oneOf'] as const) {
    const branches = schema[key];
    if (!Array.isArray(branches)) continue;
    for (const branch of branches) if (isJsonObject(branch)) inner.push(...expand(root, branch, depth + 1));
  }
  return [schema, ...inner];
}

/** Only references within the schema are followed. */
function resolve(root: JsonObject, reference: string): JsonObject | undefined {
  if (!reference.startsWith('#/')) return undefined;
  let found: JsonValue | undefined = root;
  for (const raw of reference.slice(2).split('/')) {
    const key = decodeURIComponent(raw).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isJsonObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return isJsonObject(found) ? found : undefined;
}
