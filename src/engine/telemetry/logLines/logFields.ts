import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** A value of a log line by a name that does not depend on how it is spelled: `trace_id`, `TraceId` and `trace.id` are `traceid`. */
export interface NamedValue {
  name: string;
  value: JsonValue;
}

/** In which loggers put what was bound to a line; their own names say nothing. */
const AROUND = new Set([
  ...['attributes', 'context', 'contextmap', 'ctx', 'data', 'extra', 'fields', 'labels', 'mdc', 'meta'],
  ...['metadata', 'properties', 'record'],
]);

/** What stands at the top of a line, and what stands one level below it. */
export function logFields(document: JsonObject): NamedValue[] {
  const top = Object.entries(document).map(([key, value]) => ({ name: plain(key), value }));
  const below = top.flatMap(({ name, value }) =>
    isJsonObject(value)
      ? Object.entries(value).map(([key, inner]) => ({
          name: `${AROUND.has(name) ? '' : name}${plain(key)}`,
          value: inner,
        }))
      : [],
  );
  return [...top, ...below];
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}
