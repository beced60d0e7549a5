/** As much of JSON Schema as the schemas of configuration and datasets use. */
export interface JsonSchema {
  type?: string | readonly string[];
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: readonly unknown[];
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  properties?: { [key: string]: JsonSchema };
  required?: readonly string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema | readonly JsonSchema[];
  anyOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
  $ref?: string;
  definitions?: { [name: string]: JsonSchema };
}

/** What is explained elsewhere, by the path of its key: shown with a link, and not gone into. */
export type Elsewhere = ReadonlyMap<string, string>;

/**
 * A Markdown section for each object of a schema, with a table of its keys: type, default and meaning. A map's keys are
 * written as NAME in the heading, and the elements of a list as [].
 */
export function schemaSections(root: JsonSchema, title: string, elsewhere: Elsewhere): string {
  const sections: string[] = [];
  const open: { path: string; schema: JsonSchema }[] = [{ path: '', schema: root }];
  const resolve = (schema: JsonSchema): JsonSchema => resolved(schema, root);

  for (let next = open.shift(); next; next = open.shift()) {
    const { path, schema } = next;
    const rows = Object.entries(schema.properties ?? {}).map(([key, written]) => {
      const property = resolve(written);
      const inner = path === '' ? key : `${path}.${key}`;
      const link = elsewhere.get(inner);
      if (link === undefined) open.push(...objectsIn(property, inner, resolve));

      return keyRow(key, property, schema.required?.includes(key) ? 'required' : null, link, resolve);
    });
    if (rows.length > 0) sections.push(section(path === '' ? title : `\`${path}\``, schema, rows));
  }
  return sections.join('\n');
}

function section(title: string, { description }: JsonSchema, rows: readonly string[]): string {
  const text = description === undefined ? '' : `${splitDefault({ description }).text}\n\n`;
  return `## ${title}\n\n${text}${keyTable('key', rows)}`;
}

/** A table of keys with its head. */
export function keyTable(noun: 'key' | 'option', rows: readonly string[]): string {
  return `| ${noun} | type | default | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** A row of the table of keys: name, type, default and meaning. */
export function keyRow(
  key: string,
  property: JsonSchema,
  note: 'required' | 'main' | null,
  link: string | undefined,
  resolve: (schema: JsonSchema) => JsonSchema,
): string {
  const { text, standard } = splitDefault(property);
  const meaning = link === undefined ? text : `${text} See ${link}.`.trim();
  // The elements of what is explained elsewhere are explained there, too.
  const type =
    link === undefined
      ? typeName(property, resolve)
      : String(property.type ?? 'any').replace('array', 'list');
  return `| \`${key}\`${note === null ? '' : ` (${note})`} | ${type} | ${standard} | ${cell(meaning)} |`;
}

/** The default stands in a column of its own, whether the schema or its description tells it. */
function splitDefault({ description = '', default: value }: JsonSchema): { text: string; standard: string } {
  const match = /\s*Default: ([^.]+(?:\.\d[^.]*)*(?:\.[^\s.][^.]*)*)\./.exec(description);
  if (match) {
    const text = description.replace(match[0], '').trim();
    return { text, standard: cell(match[1] ?? '') };
  }
  return { text: description, standard: value === undefined ? '' : `\`${JSON.stringify(value)}\`` };
}

/** The objects that a value holds, each with the path that its section is headed by. */
function objectsIn(
  schema: JsonSchema,
  path: string,
  resolve: (schema: JsonSchema) => JsonSchema,
): { path: string; schema: JsonSchema }[] {
  const inner = (one: JsonSchema, at: string) => objectsIn(resolve(one), at, resolve);
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) => inner(one, path));
  const elements = isSchema(schema.items) ? inner(schema.items, `${path}[]`) : [];
  const values = isSchema(schema.additionalProperties)
    ? inner(schema.additionalProperties, `${path}.NAME`)
    : [];
  const own = schema.properties ? [{ path, schema }] : [];

  return [...own, ...choices, ...elements, ...values];
}

function typeName(schema: JsonSchema, resolve: (schema: JsonSchema) => JsonSchema): string {
  const one = resolve(schema);
  if (one.const !== undefined) return `\`${JSON.stringify(one.const)}\``;
  if (one.enum) return one.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (one.properties) return 'object';
  const choices = one.anyOf ?? one.oneOf;
  if (choices) return [...new Set(choices.map((choice) => typeName(choice, resolve)))].join(' or ');
  if (Array.isArray(one.type)) return one.type.join(' or ');
  if (one.type === 'array')
    return isSchema(one.items) ? `list of ${plural(typeName(one.items, resolve))}` : 'list';
  if (one.type === 'object') return isSchema(one.additionalProperties) ? 'map' : 'object';
  if (one.type === 'integer' || one.type === 'number') return `${one.type}${bounds(one)}`;
  return typeof one.type === 'string' ? one.type : 'any';
}

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  // What a program cannot hold is no limit that a person sets.
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (minimum !== undefined && most !== undefined) return ` ${minimum}–${most}`;
  if (minimum !== undefined) return minimum > -Number.MAX_SAFE_INTEGER ? ` ≥ ${minimum}` : '';
  const end = exclusiveMaximum === undefined ? '' : `, < ${exclusiveMaximum}`;
  if (exclusiveMinimum !== undefined)
    return ` > ${exclusiveMinimum}${most === undefined ? end : `, ≤ ${most}`}`;
  return most === undefined ? '' : ` ≤ ${most}`;
}

function plural(name: string): string {
  return /^(string|object|number|integer|map)$/.test(name) ? `${name}s` : name;
}

function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = schema.$ref && /^#\/definitions\/(.+)$/.exec(schema.$ref)?.[1];
  const target = name ? root.definitions?.[name] : undefined;
  return target ? { ...target, ...(schema.description ? { description: schema.description } : {}) } : schema;
}

function isSchema(value: JsonSchema['items'] | boolean): value is JsonSchema {
  return typeof value === 'object' && !Array.isArray(value);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
