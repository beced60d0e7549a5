import type { Budget } from './budget.ts';
import { replacePattern, testPattern } from './replacePattern.ts';
import { Callable, isMap, numberOf, Pattern, SafeText, stringOf, type Value } from './values.ts';

type Method<Self> = (self: Self, args: readonly Value[]) => Value;

/**
 * A member as JavaScript has it: own keys of maps, items and `length` of lists and texts, and those methods of theirs that
 * do no harm. Undefined for anything else, and for a member of nothing.
 */
export function memberOf(object: Value, key: Value, budget: Budget): Value {
  if (object === undefined || object === null) return undefined;
  const name = stringOf(key);
  if (object instanceof SafeText) return memberOf(object.text, key, budget);

  if (typeof object === 'string') {
    if (name === 'length') return object.length;
    if (/^\d+$/.test(name)) return object[Number(name)];
    return bound(TEXT_METHODS, name, object, budget);
  }

  if (Array.isArray(object)) {
    if (name === 'length') return object.length;
    if (/^\d+$/.test(name)) return object[Number(name)];
    return bound(LIST_METHODS, name, object, budget);
  }

  if (typeof object === 'number') return bound(NUMBER_METHODS, name, object, budget);
  if (object instanceof Pattern) return bound(PATTERN_METHODS, name, object, budget);
  return isMap(object) && Object.hasOwn(object, name) ? object[name] : undefined;
}

function bound<Self extends Value>(
  methods: ReadonlyMap<string, Method<Self>>,
  name: string,
  self: Self,
  budget: Budget,
): Value {
  const method = methods.get(name);
  if (!method) return undefined;
  return new Callable((args) => {
    charge(self, budget);
    const result = method(self, args);
    charge(result, budget);
    return result;
  });
}

function charge(value: Value, budget: Budget): void {
  if (typeof value === 'string') budget.characters(value.length);
  else if (Array.isArray(value)) budget.items(value.length);
}

const MAX_WIDTH = 1_000_000;

/** An optional whole number. */
function at(args: readonly Value[], index: number): number | undefined {
  const value = args[index];
  return value === undefined ? undefined : numberOf(value);
}

function text(args: readonly Value[], index = 0): string {
  return stringOf(args[index]);
}

function width(args: readonly Value[]): number {
  const given = at(args, 0) ?? 0;
  if (given > MAX_WIDTH) throw new Error(`a string of ${given} characters is too long`);
  return given;
}

function replaceIn(self: string, args: readonly Value[], all: boolean): string {
  const [sought] = args;
  if (sought instanceof Pattern) return replacePattern(sought, self, text(args, 1));
  const replacement = text(args, 1);
  return all ? self.replaceAll(stringOf(sought), replacement) : self.replace(stringOf(sought), replacement);
}

const TEXT_METHODS: ReadonlyMap<string, Method<string>> = new Map<string, Method<string>>([
  ['at', (self, args) => self.at(at(args, 0) ?? 0)],
  ['charAt', (self, args) => self.charAt(at(args, 0) ?? 0)],
  ['concat', (self, args) => self + args.map(stringOf).join('')],
  ['endsWith', (self, args) => self.endsWith(text(args))],
  ['includes', (self, args) => self.includes(text(args))],
  ['indexOf', (self, args) => self.indexOf(text(args), at(args, 1))],
  ['lastIndexOf', (self, args) => self.lastIndexOf(text(args))],
  ['padEnd', (self, args) => self.padEnd(width(args), args[1] === undefined ? ' ' : text(args, 1))],
  ['padStart', (self, args) => self.padStart(width(args), args[1] === undefined ? ' ' : text(args, 1))],
  [
    'repeat',
    (self, args) =>
      self.repeat(width([numberOf(args[0]) * Math.max(1, self.length)]) / Math.max(1, self.length)),
  ],
  ['replace', (self, args) => replaceIn(self, args, false)],
  ['replaceAll', (self, args) => replaceIn(self, args, true)],
  ['slice', (self, args) => self.slice(at(args, 0), at(args, 1))],
  ['split', (self, args) => (args[0] === undefined ? [self] : self.split(text(args)))],
  ['startsWith', (self, args) => self.startsWith(text(args))],
  [
    'substr',
    (self, args) => {
      const from = at(args, 0) ?? 0;
      const start = from < 0 ? Math.max(0, self.length + from) : from;
      return self.slice(start, args[1] === undefined ? undefined : start + numberOf(args[1]));
    },
  ],
  ['substring', (self, args) => self.substring(at(args, 0) ?? 0, at(args, 1))],
  ['toLowerCase', (self) => self.toLowerCase()],
  ['toString', (self) => self],
  ['toUpperCase', (self) => self.toUpperCase()],
  ['trim', (self) => self.trim()],
  ['trimEnd', (self) => self.trimEnd()],
  ['trimStart', (self) => self.trimStart()],
]);

/** None of them changes the list: it may belong to other cases as well. */
const LIST_METHODS: ReadonlyMap<string, Method<Value[]>> = new Map<string, Method<Value[]>>([
  ['at', (self, args) => self.at(at(args, 0) ?? 0)],
  ['concat', (self, args) => self.concat(...args)],
  ['includes', (self, args) => self.includes(args[0])],
  ['indexOf', (self, args) => self.indexOf(args[0])],
  [
    'join',
    (self, args) =>
      self
        .map((item) => (item === undefined || item === null ? '' : stringOf(item)))
        .join(args[0] === undefined ? ',' : text(args)),
  ],
  ['slice', (self, args) => self.slice(at(args, 0), at(args, 1))],
  ['toString', (self) => stringOf(self)],
]);

const NUMBER_METHODS: ReadonlyMap<string, Method<number>> = new Map<string, Method<number>>([
  ['toFixed', (self, args) => self.toFixed(at(args, 0))],
  ['toString', (self, args) => self.toString(at(args, 0))],
]);

const PATTERN_METHODS: ReadonlyMap<string, Method<Pattern>> = new Map<string, Method<Pattern>>([
  ['test', (self, args) => testPattern(self, text(args))],
]);
