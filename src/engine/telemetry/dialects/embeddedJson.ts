import { parse } from 'jsonc-parser';
import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import type { JsonValue } from '../../model/json.ts';
import { isNestedDeeper, MAX_REPLY_DEPTH } from '../../model/jsonDepth.ts';

/**
 * What a text holds where it is JSON, else the value as it is. Senders cut long values (`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`):
 * what is there of a text that breaks off is read, and `cut` says so.
 */
export function readEmbeddedJson(value: JsonValue | undefined): {
  value: JsonValue | undefined;
  cut: boolean;
} {
  if (typeof value !== 'string' || !/^\s*([[{"\d-]|(true|false|null)\s*$)/.test(value))
    return { value, cut: false };
  try {
    return { value: parseUntrustedJson(value), cut: false };
  } catch {
    const start = readStart(value);
    return { value: start ?? value, cut: start !== undefined };
  }
}

/** The same without the word on whether it was cut. */
export function parsed(value: JsonValue | undefined): JsonValue | undefined {
  return readEmbeddedJson(value).value;
}

/** The beginning of an object or a list that never ends. Undefined where it is none, or is not to be trusted. */
function readStart(text: string): JsonValue | undefined {
  if (!/^\s*[[{]\s*["[{\d]/.test(text)) return undefined;
  if (/__proto__|\\u00/.test(text) || isNestedDeeper(text, MAX_REPLY_DEPTH)) return undefined;
  return parse(text, [], { disallowComments: true });
}
