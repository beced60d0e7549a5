import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { lastMember, type ObjectSpan, objectSpan } from './memberSpans.ts';

/** The members of a body's JSON object, each parsed when it is asked for. */
export class Members {
  readonly #body: Buffer;
  readonly #span: ObjectSpan | undefined;

  constructor(body: Buffer) {
    this.#body = body;
    this.#span = objectSpan(body.toString('latin1'));
  }

  get isObject(): boolean {
    return this.#span !== undefined;
  }

  has(key: string): boolean {
    return this.#span !== undefined && lastMember(this.#span, key) !== undefined;
  }

  /** Undefined where there is none, and for what is nested beyond reason. */
  value(key: string): JsonValue | undefined {
    const member = this.#span && lastMember(this.#span, key);
    if (member === undefined) return undefined;
    try {
      return parseUntrustedJson(this.#body.toString('utf8', member.valueFrom, member.valueTo));
    } catch {
      return undefined;
    }
  }

  text(key: string): string | undefined {
    return textOf(this.value(key));
  }

  object(key: string): JsonObject | undefined {
    const value = this.value(key);
    return isJsonObject(value) ? value : undefined;
  }
}

/** A text that is not empty. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
