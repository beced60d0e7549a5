import { FileError } from '../../errors.ts';
import type { SourceDocument } from '../../files/formats/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** Deepest chain of references, and most values that they may make together. */
const MAX_DEPTH = 50;
const MAX_VALUES = 200_000;

/**
 * The value of a document with every `{ $ref: '#/assertionTemplates/x' }` replaced by what it refers to. Keys
 * beside `$ref` go before those of the template. Throws FileError for a reference that leads nowhere, in a
 * circle, or into another file.
 */
export function resolveRefs(document: SourceDocument): JsonValue {
  let values = 0;
  const refuse = (what: string, at: readonly (string | number)[]): never => {
    throw new FileError(what, {
      where: document.locate(at),
      remedy: "Write it as $ref: '#/assertionTemplates/name', with a template of that name in this file.",
    });
  };

  function resolve(value: JsonValue, at: readonly (string | number)[], depth: number): JsonValue {
    values += 1;
    if (values > MAX_VALUES) return refuse('the references make the file too large', at);
    if (Array.isArray(value)) return value.map((item, index) => resolve(item, [...at, index], depth));
    if (!isJsonObject(value)) return value;

    const { $ref: reference, ...own } = value;
    const rest = resolveKeys(own, at, depth);
    // JSON Schemas have references of their own, which the validator follows.
    if (typeof reference !== 'string' || !isTemplateReference(reference)) {
      return reference === undefined ? rest : { ...rest, $ref: reference };
    }
    if (depth >= MAX_DEPTH) return refuse(`the reference ${reference} leads in a circle`, at);

    const target = lookUp(document.value, reference);
    if (target === undefined) return refuse(`there is nothing at ${reference}`, at);

    const resolved = resolve(target, at, depth + 1);
    return isJsonObject(resolved) ? { ...resolved, ...rest } : resolved;
  }

  function resolveKeys(value: JsonObject, at: readonly (string | number)[], depth: number): JsonObject {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, resolve(item, [...at, key], depth)]),
    );
  }

  return resolve(document.value, [], 0);
}

function isTemplateReference(reference: string): boolean {
  return reference.startsWith('#/') && !/^#\/(?:\$defs|definitions)\//.test(reference);
}

function lookUp(root: JsonValue, reference: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const part of reference.slice(2).split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}
