import {
  findCards,
  findEmails,
  findIbans,
  findPhones,
  findSsns,
} from '../evaluators/heuristic/leaks/personalData.ts';
import { findSecrets } from '../evaluators/heuristic/leaks/secrets.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';

/** A secret, or something personal, in data that is to be written to a file. */
export interface SensitivePlace {
  /** Keys and indexes from the top of the data. */
  path: (string | number)[];
  /** For example `e-mail address`. */
  kind: string;
  value: string;
  /** It stands in the last key of the path itself, not in its value. */
  inKey?: true;
}

const PERSONAL: readonly (readonly [kind: string, find: (text: string) => string[]])[] = [
  ['e-mail address', findEmails],
  ['card number', findCards],
  ['IBAN', findIbans],
  ['phone number', findPhones],
  ['social security number', findSsns],
];

/** A private key as a whole, up to the end of the text where its own end was cut off. */
const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----|[\s\S]*)/g;

/** Names of fields whose value is a secret or personal whatever it looks like. */
const SENSITIVE_NAME =
  /^(?:.*[_-])?(?:password|passwd|pwd|secret|api[_-]?key|(?:access|auth|refresh|id)[_-]?token|authorization|credentials?|ssn|social[_-]?security(?:[_-]?number)?|iban|card[_-]?number|cvv|cvc|e?-?mail|phone(?:[_-]?number)?|mobile|first[_-]?name|last[_-]?name|full[_-]?name|date[_-]?of[_-]?birth|birth[_-]?date|address|street)$/i;

/** All places in the order of the data; a value is one place, however many kinds it might be. */
export function findSensitive(data: JsonValue): SensitivePlace[] {
  const places: SensitivePlace[] = [];
  visit(data, [], (text, path, inKey) => {
    const inText = [
      // First, so that what is a part of one is no place of its own.
      ...(text.match(PRIVATE_KEY) ?? []).map((value) => ({ kind: 'private key', value })),
      ...findSecrets(text),
      ...PERSONAL.flatMap(([kind, find]) => find(text).map((value) => ({ kind, value }))),
    ];
    const known: string[] = [];
    for (const { kind, value } of inText) {
      if (known.some((other) => digitsOf(other).includes(digitsOf(value))) && !isBeside(known, value, text))
        continue;
      known.push(value);
      places.push({ path, kind, value, ...(inKey ? { inKey } : {}) });
    }
    if (inKey) return;

    const name = path.findLast((key) => typeof key === 'string');
    const named = typeof name === 'string' && SENSITIVE_NAME.test(snakeCase(name));
    if (named && known.length === 0 && text.trim() !== '')
      places.push({ path, kind: `field "${name}"`, value: text });
  });
  return places;
}

/** The data with what was found replaced by what kind of thing it was. */
export function redacted<T extends JsonValue>(data: T, places: readonly SensitivePlace[]): T {
  return replaced(data, [], (text, path, inKey) =>
    places
      .filter((place) => isSame(place.path, path) && place.inKey === inKey)
      .toSorted((a, b) => b.value.length - a.value.length)
      .reduce(
        (rest, { kind, value }) =>
          rest.replace(spelled(value), () => `[${kind.replace(/^field "(.*)"$/, '$1')}]`),
        text,
      ),
  ) as T;
}

/** A text of the data, and where it stands. */
type See<T> = (text: string, path: (string | number)[], inKey: true | undefined) => T;

function visit(value: JsonValue, path: (string | number)[], see: See<void>): void {
  if (typeof value === 'string') see(value, path, undefined);
  else if (typeof value === 'number') see(String(value), path, undefined);
  else if (Array.isArray(value)) for (const [at, item] of value.entries()) visit(item, [...path, at], see);
  else if (value !== null && typeof value === 'object')
    for (const [key, item] of Object.entries(value)) {
      see(key, [...path, key], true);
      visit(item, [...path, key], see);
    }
}

function replaced(value: JsonValue, path: (string | number)[], change: See<string>): JsonValue {
  if (typeof value === 'string') return change(value, path, undefined);
  if (typeof value === 'number') {
    const text = change(String(value), path, undefined);
    return text === String(value) ? value : text;
  }
  if (Array.isArray(value)) return value.map((item, at) => replaced(item, [...path, at], change));
  if (value === null || typeof value !== 'object') return value;

  const result: JsonObject = {};
  for (const [key, item] of Object.entries(value))
    result[freeKey(change(key, [...path, key], true), result)] = replaced(item, [...path, key], change);
  return result;
}

/** Two addresses become the same words, and nothing may be lost by that. */
function freeKey(key: string, taken: JsonObject): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? key : `${key} ${count}`;
    if (!Object.hasOwn(taken, name)) return name;
  }
}

/** Wherever it stands, also in groups, as account and card numbers are written. */
function spelled(value: string): RegExp {
  const characters = [...value].map((one) => one.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const grouped = /^[A-Z]{0,2}\d[\dA-Z]{9,}$/.test(value);
  return new RegExp(characters.join(grouped ? '[ .\\-\u00a0\u202f]?' : ''), 'gu');
}

/** Whether it stands in the text by itself as well, not only as a part of what is known. */
function isBeside(known: readonly string[], value: string, text: string): boolean {
  const rest = known
    .toSorted((a, b) => b.length - a.length)
    .reduce((left, one) => left.replace(spelled(one), '\n'), text);
  return spelled(value).test(rest);
}

function digitsOf(text: string): string {
  return text.replace(/[\s.-]/g, '');
}

function snakeCase(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1_$2');
}

function isSame(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  return a.length === b.length && a.every((key, at) => key === b[at]);
}
