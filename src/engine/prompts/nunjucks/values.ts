/** A value of a template: data, or what only templates make. */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | string
  | SafeText
  | Pattern
  | Callable
  | Value[]
  | ValueMap;

export interface ValueMap {
  [key: string]: Value;
}

/** A string that `escape` does not change. */
export class SafeText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** `r/…/g`. */
export class Pattern {
  readonly body: string;
  readonly flags: string;

  constructor(body: string, flags: string) {
    this.body = body;
    this.flags = flags;
  }
}

/** Arguments by name, e.g. `sort(attribute='n')`. */
export type Named = ReadonlyMap<string, Value>;

/** A macro, a method, a global function. */
export class Callable {
  readonly call: (positional: readonly Value[], named: Named) => Value;

  constructor(call: Callable['call']) {
    this.call = call;
  }
}

export function isMap(value: Value): value is ValueMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof SafeText || value instanceof Pattern || value instanceof Callable)
  );
}

/** JavaScript's `String(value)`: a list is joined by commas, a map is [object Object]. */
export function stringOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof SafeText) return value.text;
  if (Array.isArray(value))
    return value.map((item) => (item === undefined || item === null ? '' : stringOf(item))).join(',');
  if (value instanceof Pattern) return `/${value.body}/${value.flags}`;
  if (value instanceof Callable) return '[function]';
  return isMap(value) ? '[object Object]' : String(value);
}

/** JavaScript's `!!value`. */
export function isTrue(value: Value): boolean {
  return Boolean(value);
}

/** What operators work with: objects are their texts. */
export function primitive(value: Value): undefined | null | boolean | number | string {
  return typeof value === 'object' && value !== null ? stringOf(value) : value;
}

export function numberOf(value: Value): number {
  return Number(primitive(value));
}
