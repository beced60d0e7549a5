import { defined, nonEmpty } from '../../../model/defined.ts';
import { isJsonObject, type JsonObject } from '../../../model/json.ts';

/** The metadata key under which an export keeps fields that the other format does not have. */
const OWN_KEY = 'touchstone';

/** Metadata for an export: the case's own, plus the fields that the other format does not have. */
export function withOwnFields(metadata: JsonObject | undefined, fields: JsonObject): JsonObject | undefined {
  const own = Object.keys(fields).length > 0 ? { [OWN_KEY]: fields } : {};
  const all = { ...metadata, ...own };
  return Object.keys(all).length > 0 ? all : undefined;
}

/** Takes apart what `withOwnFields` put together; `own` is undefined for a file that another tool wrote. */
export function splitOwnFields(metadata: JsonObject | undefined): {
  metadata?: JsonObject;
  own?: JsonObject;
} {
  if (!metadata) return {};
  const { [OWN_KEY]: own, ...rest } = metadata;
  if (!isJsonObject(own)) return { metadata };
  return { ...defined({ metadata: nonEmpty(rest) }), own };
}
