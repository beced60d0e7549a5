import {
  findCards,
  findEmails,
  findIbans,
  findPhones,
  findSsns,
} from '../evaluators/heuristic/leaks/personalData.ts';
import { findSecrets } from '../evaluators/heuristic/leaks/secrets.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { MAX_REPLY_DEPTH } from '../model/jsonDepth.ts';

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

/** Each find is sought for in the whole text. Where finds times characters are more, the text is one place: nobody waits for seconds. */
const MOST_WORK = 2 ** 25;

/** In place of a value that nobody searches: what is nested deeper would exhaust the stack. */
const TOO_DEEP = 'nested too deeply to be searched';

/**
 * All places in the order of the data; a value is one place, however many kinds it might be. Whatever is nested deeper than any honest
 * data is one place, too.
 */
export function findSensitive(data: JsonValue): SensitivePlace[] {
  const places: SensitivePlace[] = [];
  visit(data, [], (text, path, inKey) => {
    if (text === TOO_DEEP) {
      places.push({ path, kind: 'personal data', value: TOO_DEEP });
      return;
    }

    const inText = [
      // First, so that what is a part of one is no place of its own.
      ...(text.match(PRIVATE_KEY) ?? []).map((value) => ({ kind: 'private key', value })),
      ...findSecrets(text),
      ...PERSONAL.flatMap(([kind, find]) => find(text).map((value) => ({ kind, value }))),
    ];
    const known = knownIn(text, inText);
    for (const { kind, value } of known) places.push({ path, kind, value, ...(inKey ? { inKey } : {}) });
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
  const byText = Map.groupBy(places, ({ path, inKey }) => textKey(path, inKey));
  return replaced(data, [], (text, path, inKey) =>
    (byText.get(textKey(path, inKey)) ?? [])
      .toSorted((a, b) => b.value.length - a.value.length)
      .reduce((rest, { kind, value }) => {
        const word = `[${kind.replace(/^field "(.*)"$/, '$1')}]`;
        return without(rest, value, word);
      }, text),
  ) as T;
}

/** What is a part of another find is none of its own, unless it stands by itself as well. */
function knownIn(text: string, finds: readonly Find[]): Find[] {
  const different = [...new Map(finds.toReversed().map((find) => [find.value, find])).values()].reverse();
  if (different.length * text.length > MOST_WORK) return [{ kind: 'personal data', value: text }];

  const known: (Find & { digits: string })[] = [];
  for (const { kind, value } of different) {
    const digits = digitsOf(value);
    const around = known.filter((other) => other.digits.includes(digits)).map((other) => other.value);
    if (around.length === 0 || isBeside(around, value, text)) known.push({ kind, value, digits });
  }
  return known;
}

interface Find {
  kind: string;
  value: string;
}

/** A text of the data, and where it stands. */
type See<T> = (text: string, path: (string | number)[], inKey: true | undefined) => T;

function visit(value: JsonValue, path: (string | number)[], see: See<void>): void {
  if (isTooDeep(value, path)) see(TOO_DEEP, path, undefined);
  else if (typeof value === 'string') see(value, path, undefined);
  else if (typeof value === 'number') see(String(value), path, undefined);
  else if (Array.isArray(value)) for (const [at, item] of value.entries()) visit(item, [...path, at], see);
  else if (value !== null && typeof value === 'object')
    for (const [key, item] of Object.entries(value)) {
      see(key, [...path, key], true);
      visit(item, [...path, key], see);
    }
}

function isTooDeep(value: JsonValue, { length }: readonly unknown[]): boolean {
  return length > MAX_REPLY_DEPTH && typeof value === 'object' && value !== null;
}

function replaced(value: JsonValue, path: (string | number)[], change: See<string>): JsonValue {
  if (isTooDeep(value, path)) {
    const text = change(TOO_DEEP, path, undefined);
    return text === TOO_DEEP ? value : text;
  }
  if (typeof value === 'string') return change(value, path, undefined);
  if (typeof value === 'number') {
    const text = change(String(value), path, undefined);
    return text === String(value) ? value : text;
  }
  if (Array.isArray(value)) return value.map((item, at) => replaced(item, [...path, at], change));
  if (value === null || typeof value !== 'object') return value;

  const result: JsonObject = {};
  const counts = new Map<string, number>();
  for (const [key, item] of Object.entries(value))
    result[freeKey(change(key, [...path, key], true), result, counts)] = replaced(
      item,
      [...path, key],
      change,
    );
  return result;
}

/** Two addresses become the same words, and nothing may be lost by that. */
function freeKey(key: string, taken: JsonObject, counts: Map<string, number>): string {
  for (let count = (counts.get(key) ?? 0) + 1; ; count += 1) {
    const name = count === 1 ? key : `${key} ${count}`;
    counts.set(key, count);
    if (!Object.hasOwn(taken, name)) return name;
  }
}

/** The text with a value replaced wherever it stands, also in groups, as account and card numbers are written. */
function without(text: string, value: string, word: string): string {
  return isGrouped(value) ? text.replace(grouped(value), () => word) : text.replaceAll(value, () => word);
}

function isGrouped(value: string): boolean {
  return /^[A-Z]{0,2}\d[\dA-Z]{9,}$/.test(value);
}

function grouped(value: string): RegExp {
  return new RegExp([...value].join('[ .\\-\u00a0\u202f]?'), 'gu');
}

/** Whether it stands in the text by itself as well, not only as a part of others. */
function isBeside(others: readonly string[], value: string, text: string): boolean {
  const rest = others
    .toSorted((a, b) => b.length - a.length)
    .reduce((left, one) => without(left, one, '\n'), text);
  return isGrouped(value) ? grouped(value).test(rest) : rest.includes(value);
}

function digitsOf(text: string): string {
  return text.replace(/[\s.-]/g, '');
}

function snakeCase(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1_$2');
}

/** The same for the same text of the data. */
function textKey(path: readonly (string | number)[], inKey: true | undefined): string {
  return JSON.stringify([path, inKey === true]);
}
