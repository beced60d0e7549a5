import { z } from 'zod';
import { nearest } from '../../evaluators/options/optionCheck.ts';
import type { Pointer } from '../../files/formats/document.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { type ConfigReader, reportAt, reportKey } from './configReader.ts';
import { alternatives, pointerText, valueText } from './plainWords.ts';

type Issue = z.core.$ZodIssue;

/** A value that was checked, and where it stands in the file. */
interface Checked {
  reader: ConfigReader;
  schema: z.core.$ZodType;
  value: JsonValue;
  at: Pointer;
}

/**
 * Checks a value of the file and reports everything wrong with it, each problem at its own key or value.
 * `at` is where the value stands. Returns the value with its defaults, or undefined when it cannot be used.
 */
export function checkSchema<T extends z.ZodType>(
  reader: ConfigReader,
  schema: T,
  value: JsonValue,
  at: Pointer,
): z.output<T> | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) reportIssue({ reader, schema, value, at }, issue, []);
  return undefined;
}

function reportIssue(checked: Checked, issue: Issue, prefix: Pointer): void {
  const path = [...prefix, ...keysOf(issue)];
  if (issue.code === 'unrecognized_keys') reportUnknownKeys(checked, issue.keys, path);
  else if (valueAt(checked.value, path) === undefined) reportMissing(checked, path);
  else if (issue.code === 'invalid_union') reportUnion(checked, issue, path);
  else if (issue.code === 'invalid_key') reportName(checked, issue, path);
  else reportValue(checked, expectedForm(issue), path, isListExpected(issue));
}

function reportName({ reader, at }: Checked, issue: Issue & { code: 'invalid_key' }, path: Pointer): void {
  const pointer = [...at, ...path];
  const name = valueText(String(path.at(-1)));
  const expected = issue.issues[0]?.message ?? 'another name';
  reportKey(reader, pointer, {
    code: 'invalid-name',
    message: `${pointerText(pointer.slice(0, -1))}: ${name} cannot be used; expected ${expected}`,
  });
}

function reportValue({ reader, value, at }: Checked, expected: string, path: Pointer, isList: boolean): void {
  const pointer = [...at, ...path];
  const found = valueAt(value, path);
  reportAt(reader, pointer, {
    code: 'invalid-value',
    message: `${pointerText(pointer) || 'the file'} is ${valueText(found)}; expected ${expected}`,
    remedy: isList && typeof found === 'string' ? 'Write a list, e.g. [first, second].' : undefined,
  });
}

function isListExpected(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.expected === 'array';
}

function reportUnknownKeys(checked: Checked, keys: readonly string[], path: Pointer): void {
  const { reader, at } = checked;
  // A key of another form is none of this one.
  const known = knownKeys(checked.schema, path).filter((key) => !keys.includes(key));
  const owner = pointerText([...at, ...path]);
  for (const key of keys) {
    const guess = nearest(key, known)[0];
    reportKey(reader, [...at, ...path, key], {
      code: 'unknown-key',
      message: `"${key}" is not a key of ${owner || 'this file'}`,
      remedy: guess ? `Did you mean "${guess}"?` : `Known keys: ${known.join(', ')}.`,
      meant: guess,
    });
  }
}

function reportMissing({ reader, at }: Checked, path: Pointer): void {
  const owner = [...at, ...path.slice(0, -1)];
  const key = String(path.at(-1) ?? '');
  reportKey(reader, owner, {
    code: 'missing-key',
    message: `${pointerText(owner) || 'the file'} needs "${key}"`,
    remedy: `Add "${key}".`,
  });
}

/** Speaks about the one alternative that the value was meant to be; about all of them where that is open. */
function reportUnion(checked: Checked, issue: Issue & { code: 'invalid_union' }, path: Pointer): void {
  if (issue.message !== PLAIN_UNION) {
    reportValue(checked, issue.message, path, false);
    return;
  }

  const meant = issue.errors.filter((branch) => !branch.some(isOtherKind));
  const found = valueAt(checked.value, path);
  const only = meant.length === 1 ? meant[0] : closest(meant, found);
  if (only) {
    for (const inner of only) reportIssue(checked, inner, path);
    return;
  }
  if (isJsonObject(found) && meant.length > 0) {
    reportNoneOf(checked, meant, path);
    return;
  }
  const forms = issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectedForm));
  reportValue(checked, alternatives(forms), path, false);
}

/** Of several maps of keys the one with the fewest mistakes, where at least one key is of it. */
function closest(branches: readonly Issue[][], found: JsonValue | undefined): Issue[] | undefined {
  if (!isJsonObject(found)) return undefined;
  const keys = Object.keys(found).length;
  const [first, second] = branches
    .filter((branch) => unknownKeysIn(branch) < keys)
    .sort((a, b) => mistakesIn(a) - mistakesIn(b));
  return first && (!second || mistakesIn(first) < mistakesIn(second)) ? first : undefined;
}

function unknownKeysIn(branch: readonly Issue[]): number {
  const own = branch.filter(({ path }) => path.length === 0);
  return own.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);
}

function mistakesIn(branch: readonly Issue[]): number {
  const others = branch.filter(({ code, path }) => code !== 'unrecognized_keys' || path.length > 0);
  return unknownKeysIn(branch) + others.length;
}

/** By the first key that each of them is told by. */
function reportNoneOf({ reader, at }: Checked, branches: readonly Issue[][], path: Pointer): void {
  const owner = [...at, ...path];
  const keys = branches.flatMap(([first]) => (first?.path.length === 1 ? String(first.path[0]) : []));
  const named = alternatives([...new Set(keys)].map((key) => `"${key}"`));
  reportKey(reader, owner, {
    code: 'missing-key',
    message: `${pointerText(owner) || 'the file'} needs one of its forms: ${named}`,
  });
}

/** What is said of a union that has no words of its own. */
const PLAIN_UNION = 'Invalid input';

function isOtherKind(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

const KINDS: { readonly [expected: string]: string } = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
};

/** What would have been right, to follow "expected". */
function expectedForm(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return alternatives(issue.values.map(String));
    case 'too_small':
      if (isOwnMessage(issue)) return issue.message;
      return sizeForm('at least', issue.minimum, issue.origin);
    case 'too_big':
      if (isOwnMessage(issue)) return issue.message;
      return sizeForm('at most', issue.maximum, issue.origin);
    default:
      return issue.message;
  }
}

/** A schema may say a limit in words of its own. */
function isOwnMessage({ message }: Issue): boolean {
  return !message.startsWith('Too ');
}

function sizeForm(bound: string, size: number | bigint, origin: string): string {
  if (origin === 'string') return size === 1 ? 'a string' : `${bound} ${size} characters`;
  if (origin === 'array') return `${bound} ${size} ${size === 1 ? 'entry' : 'entries'}`;
  return `${bound} ${size}`;
}

function keysOf(issue: Issue): (string | number)[] {
  return issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
}

function valueAt(value: JsonValue, path: Pointer): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as { [key: string | number]: JsonValue })[key];
  }
  return found;
}

/** The keys that the object at `path` of a schema may have. */
function knownKeys(schema: z.core.$ZodType, path: Pointer): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return knownKeys(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => knownKeys(option, path));
  const [key, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (key === undefined) return Object.keys(schema.shape);
    const inner: unknown = Object.hasOwn(schema.shape, key) ? schema.shape[key] : schema.def.catchall;
    return inner instanceof z.ZodType ? knownKeys(inner, rest) : [];
  }
  if (key === undefined) return [];
  if (schema instanceof z.ZodRecord) return knownKeys(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return knownKeys(schema.element, rest);
  return [];
}
