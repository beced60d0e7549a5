import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { isNestedDeeper, MAX_REPLY_DEPTH } from '../../../model/jsonDepth.ts';

/** The object that a body is; undefined for anything else. */
export function bodyObject(body: Buffer | null): JsonObject | undefined {
  return body ? objectIn(body.toString('utf8')) : undefined;
}

export function objectIn(text: string): JsonObject | undefined {
  if (isNestedDeeper(text, MAX_REPLY_DEPTH)) return undefined;
  try {
    const value: JsonValue = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export function textIn(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
