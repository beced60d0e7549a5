import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import type { JsonValue } from '../../model/json.ts';
import { elementSpans, lastMember, type ObjectSpan, objectSpan } from '../apis/memberSpans.ts';
import { RequestRefusal } from './requestRefusal.ts';

/** JSON as it stands in a body: each byte is a character, as in Latin-1. */
export type RawJson = string & { readonly raw: unique symbol };

export function rawJson(value: JsonValue): RawJson {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('latin1') as RawJson;
}

export function rawList(items: readonly RawJson[]): RawJson {
  return `[${items.join(',')}]` as RawJson;
}

/** The object that the body of a request is, whose members are replaced as texts: what nobody replaces stays as it was sent. */
export class RequestBody {
  readonly #text: string;
  readonly #span: ObjectSpan;

  /** Throws RequestRefusal. */
  constructor(body: Buffer) {
    this.#text = body.toString('latin1');
    const span = objectSpan(this.#text);
    if (!span) throw new RequestRefusal('the body is not a JSON object');
    this.#span = span;
  }

  /** Null is as good as none. */
  has(key: string): boolean {
    const raw = this.raw(key);
    return raw !== undefined && raw !== 'null';
  }

  raw(key: string): RawJson | undefined {
    const member = lastMember(this.#span, key);
    return member && (this.#text.slice(member.valueFrom, member.valueTo) as RawJson);
  }

  /** Throws RequestRefusal for what cannot be parsed. */
  value(key: string): JsonValue | undefined {
    const raw = this.raw(key);
    return raw === undefined ? undefined : parsed(raw, key);
  }

  /** The items of a list. Throws RequestRefusal for anything else; undefined where there is none. */
  items(key: string): RawJson[] | undefined {
    const raw = this.has(key) ? this.raw(key) : undefined;
    if (raw === undefined) return undefined;
    const spans = elementSpans(raw);
    if (!spans) throw new RequestRefusal(`"${key}" is not a list`);
    return spans.map(({ from, to }) => raw.slice(from, to) as RawJson);
  }

  /** The body with some members set, and others taken out. */
  with(set: ReadonlyMap<string, RawJson>, dropped: readonly string[]): Buffer {
    const kept = this.#span.members
      .filter(({ key }) => !set.has(key) && !dropped.includes(key))
      .map(({ from, valueTo }) => this.#text.slice(from, valueTo));
    const added = [...set].map(([key, raw]) => `${rawJson(key)}:${raw}`);
    return Buffer.from(`{${[...added, ...kept].join(',')}}`, 'latin1');
  }
}

/** The role of a message or an item, whatever else it holds; undefined where it has none. */
export function roleOf(item: RawJson): string | undefined {
  const span = objectSpan(item);
  const member = span && lastMember(span, 'role');
  if (!member) return undefined;
  const role = parsed(item.slice(member.valueFrom, member.valueTo) as RawJson, 'role');
  return typeof role === 'string' ? role : undefined;
}

function parsed(raw: RawJson, key: string): JsonValue {
  try {
    return parseUntrustedJson(Buffer.from(raw, 'latin1').toString('utf8'));
  } catch {
    throw new RequestRefusal(`"${key}" cannot be read as JSON`);
  }
}
