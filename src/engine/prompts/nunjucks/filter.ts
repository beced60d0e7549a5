import type { Budget } from './budget.ts';
import type { Named, Value } from './values.ts';
import { isMap, SafeText, stringOf } from './values.ts';

/** What a filter is asked with. */
export interface FilterCall {
  input: Value;
  args: readonly Value[];
  named: Named;
  budget: Budget;
  /** A number from 0 up to `count`, the same for the same template and variables. */
  draw(count: number): number;
}

export type Filter = (call: FilterCall) => Value;

/** The input as a text; nothing, and false, are an empty one. Throws Error for data, as Nunjucks does. */
export function textOf({ input, budget }: FilterCall): string {
  if (input === undefined || input === null || input === false) return '';
  return strictText(input, budget);
}

/** The input as a text, which must be one. */
export function strictTextOf({ input, budget }: FilterCall): string {
  return strictText(input, budget);
}

function strictText(input: Value, budget: Budget): string {
  const text = input instanceof SafeText ? input.text : input;
  if (typeof text !== 'string') throw new Error(`it requires a string, not ${described(input)}`);
  budget.characters(text.length);
  return text;
}

/** The input as a list; a text is a list of its characters. */
export function listOf({ input, budget }: FilterCall): Value[] {
  const list = typeof input === 'string' ? input.split('') : input;
  if (!Array.isArray(list)) throw new Error(`it requires a list, not ${described(input)}`);
  budget.items(list.length);
  return list;
}

/** A number among the arguments; 0 and a missing one are `usual`. */
export function numberAt({ args }: FilterCall, index: number, usual: number): number {
  return Number(args[index]) || usual;
}

/** An attribute by path, such as `order.id`; undefined if it does not exist. */
export function attributeOf(item: Value, path: Value): Value {
  const keys = typeof path === 'string' ? path.split('.') : [stringOf(path)];
  return keys.reduce<Value>(
    (value, key) =>
      isMap(value) && Object.hasOwn(value, key)
        ? value[key]
        : Array.isArray(value) && /^\d+$/.test(key)
          ? value[Number(key)]
          : undefined,
    item,
  );
}

/** The result as safe as the input was. */
export function asSafe(input: Value, text: string): Value {
  return input instanceof SafeText ? new SafeText(text) : text;
}

export function described(value: Value): string {
  if (value === undefined) return 'a missing value';
  if (Array.isArray(value)) return 'a list';
  return isMap(value) ? 'a map' : stringOf(value);
}
