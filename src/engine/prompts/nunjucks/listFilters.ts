import { attributeOf, described, type Filter, type FilterCall, listOf, numberAt } from './filter.ts';
import { memberOf } from './members.ts';
import { add, calculate } from './operators.ts';
import { TESTS } from './tests.ts';
import { isMap, isTrue, numberOf, SafeText, stringOf, type Value, type ValueMap } from './values.ts';

export const LIST_FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['abs', ({ input }) => Math.abs(numberOf(input))],
  ['batch', batch],
  ['d', fallback],
  ['default', fallback],
  ['dictsort', dictSort],
  ['dump', dump],
  ['first', (call) => listOf(call)[0]],
  ['float', ({ input, args }) => orDefault(Number.parseFloat(stringOf(input)), args[0])],
  ['groupby', groupBy],
  ['int', int],
  ['join', join],
  ['last', (call) => listOf(call).at(-1)],
  ['length', length],
  ['list', list],
  ['load', load],
  [
    'random',
    (call) => {
      const items = listOf(call);
      return items[call.draw(items.length)];
    },
  ],
  ['reject', (call) => sift(call, false)],
  ['rejectattr', (call) => listOf(call).filter((item) => !isTrue(attribute(item, call)))],
  ['reverse', reverse],
  ['round', round],
  ['select', (call) => sift(call, true)],
  ['selectattr', (call) => listOf(call).filter((item) => isTrue(attribute(item, call)))],
  ['slice', slice],
  ['sort', sort],
  ['sum', sum],
]);

function batch(call: FilterCall): Value {
  const size = numberOf(call.args[0]);
  const rows: Value[][] = [];
  for (const [index, item] of listOf(call).entries()) {
    if (index % size === 0 || rows.length === 0) rows.push([]);
    rows.at(-1)?.push(item);
  }
  return filledUp(rows, call, size);
}

/** Pads the last row to full length if there is a fill value. */
function filledUp(rows: Value[][], { args, budget }: FilterCall, size: number): Value[][] {
  const last = rows.at(-1);
  if (!last || !isTrue(args[1])) return rows;
  budget.items(Math.max(0, size - last.length));
  while (last.length < size) last.push(args[1]);
  return rows;
}

function fallback({ input, args }: FilterCall): Value {
  if (isTrue(args[1])) return isTrue(input) ? input : args[0];
  return input === undefined ? args[0] : input;
}

function dictSort({ input, args, budget }: FilterCall): Value {
  if (!isMap(input)) throw new Error(`it requires a map, not ${described(input)}`);
  const [caseSensitive, by = 'key'] = args;
  if (by !== 'key' && by !== 'value') throw new Error("it sorts by 'key' or by 'value'");

  const pairs = Object.entries(input);
  budget.items(pairs.length);
  const folded = (value: Value): Value =>
    !isTrue(caseSensitive) && typeof value === 'string' ? value.toUpperCase() : value;
  const index = by === 'key' ? 0 : 1;

  return pairs.sort((one, other) => {
    const [a, b] = [folded(one[index]), folded(other[index])];
    if (calculate('>', a, b) === true) return 1;
    return a === b ? 0 : -1;
  });
}

function dump({ input, args, budget }: FilterCall): Value {
  const [space] = args;
  const indent = typeof space === 'number' || typeof space === 'string' ? space : undefined;
  const text = JSON.stringify(input, (_, value) => (value instanceof SafeText ? value.text : value), indent);
  budget.characters(text?.length ?? 0);
  return text;
}

function orDefault(number: number, other: Value): Value {
  return Number.isNaN(number) ? other : number;
}

function groupBy(call: FilterCall): Value {
  const groups: ValueMap = {};
  for (const item of listOf(call)) {
    const key = stringOf(attributeOf(item, call.args[0]));
    const group = Object.hasOwn(groups, key) ? groups[key] : undefined;
    if (Array.isArray(group)) group.push(item);
    else if (key !== '__proto__') groups[key] = [item];
  }
  return groups;
}

function int(call: FilterCall): Value {
  const [other, base = 10] = inOrder(call, ['default', 'base']);
  return orDefault(Number.parseInt(stringOf(call.input), numberOf(base)), other);
}

function join(call: FilterCall): Value {
  const [separator, key] = call.args;
  const items = listOf(call).map((item) => (isTrue(key) ? attributeOf(item, key) : item));
  const texts = items.map((item) => (item === undefined || item === null ? '' : stringOf(item)));
  const between = isTrue(separator) ? stringOf(separator) : '';
  call.budget.characters(texts.reduce((total, text) => total + text.length + between.length, 0));
  return texts.join(between);
}

function length({ input }: FilterCall): Value {
  if (input instanceof SafeText) return input.text.length;
  if (typeof input === 'string' || Array.isArray(input)) return input.length;
  if (input === undefined || input === null || input === false) return 0;
  return isMap(input) ? Object.keys(input).length : undefined;
}

function list({ input, budget }: FilterCall): Value {
  if (Array.isArray(input)) return input;
  const items =
    typeof input === 'string'
      ? input.split('')
      : isMap(input)
        ? Object.entries(input).map(([key, value]) => ({ key, value }))
        : undefined;
  if (!items) throw new Error(`it requires a string, a list or a map, not ${described(input)}`);
  budget.items(items.length);
  return items;
}

/** promptfoo's own filter: parses a string as JSON. */
function load({ input, budget }: FilterCall): Value {
  if (typeof input !== 'string') throw new Error(`it requires a string, not ${described(input)}`);
  budget.characters(input.length);
  return JSON.parse(input);
}

function sift(call: FilterCall, wanted: boolean): Value {
  const [name = 'truthy', other] = call.args;
  const test = TESTS.get(stringOf(name));
  if (!test) throw new Error(`there is no test '${stringOf(name)}'`);
  return listOf(call).filter((item) => test(item, other) === wanted);
}

function attribute(item: Value, { args, budget }: FilterCall): Value {
  if (item === undefined || item === null) throw new Error('the list contains an empty value');
  return memberOf(item, args[0], budget);
}

function reverse(call: FilterCall): Value {
  if (call.input === undefined || call.input === null) return [];
  const turned = [...listOf(call)].reverse();
  return typeof call.input === 'string' ? turned.map(stringOf).join('') : turned;
}

function round(call: FilterCall): Value {
  const factor = 10 ** numberAt(call, 0, 0);
  const scaled = numberOf(call.input) * factor;
  const [, method] = call.args;
  if (method === 'ceil') return Math.ceil(scaled) / factor;
  return (method === 'floor' ? Math.floor(scaled) : Math.round(scaled)) / factor;
}

function slice(call: FilterCall): Value {
  const items = listOf(call);
  const count = numberOf(call.args[0]);
  call.budget.items(count);
  const size = Math.floor(items.length / count);
  const extra = items.length % count;
  const [, filler] = call.args;
  let start = 0;

  return Array.from({ length: count }, (_, index) => {
    const end = start + size + (index < extra ? 1 : 0);
    const row = items.slice(start, end);
    start = end;
    return isTrue(filler) && index >= extra ? [...row, filler] : row;
  });
}

function sort(call: FilterCall): Value {
  if (call.input === undefined || call.input === null) return [];
  const [reversed, caseSensitive, path] = inOrder(call, ['reverse', 'case_sensitive', 'attribute']);
  const items = [...listOf(call)];
  call.budget.items(items.length * Math.ceil(Math.log2(items.length + 1)));

  const keyOf = (item: Value): Value => {
    const key = isTrue(path) ? attributeOf(item, path) : item;
    return !isTrue(caseSensitive) && typeof key === 'string' ? key.toLowerCase() : key;
  };

  const sign = isTrue(reversed) ? -1 : 1;
  return items.sort((one, other) => {
    const [a, b] = [keyOf(one), keyOf(other)];
    if (calculate('<', a, b) === true) return -sign;
    return calculate('>', a, b) === true ? sign : 0;
  });
}

function sum(call: FilterCall): Value {
  const [key, start = 0] = call.args;
  const items = listOf(call).map((item) => (isTrue(key) ? attribute(item, call) : item));
  return add(start, items.reduce<Value>(add, 0));
}

/** Arguments that may be given by position or by name. */
function inOrder({ args, named }: FilterCall, names: readonly string[]): Value[] {
  return names.map((name, index) => args[index] ?? named.get(name));
}
