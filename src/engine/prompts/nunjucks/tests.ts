import { calculate } from './operators.ts';
import { Callable, isMap, isTrue, numberOf, SafeText, stringOf, type Value } from './values.ts';

type Test = (value: Value, other: Value) => boolean;

const equal: Test = (value, other) => value === other;
const greater: Test = (value, other) => calculate('>', value, other) === true;
const less: Test = (value, other) => calculate('<', value, other) === true;

/** Nunjucks' own tests: `x is defined`. */
export const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['callable', (value) => value instanceof Callable],
  ['defined', (value) => value !== undefined],
  ['divisibleby', (value, other) => numberOf(value) % numberOf(other) === 0],
  ['eq', equal],
  ['equalto', equal],
  ['escaped', (value) => value instanceof SafeText],
  ['even', (value) => numberOf(value) % 2 === 0],
  ['falsy', (value) => !isTrue(value)],
  ['ge', (value, other) => calculate('>=', value, other) === true],
  ['greaterthan', greater],
  ['gt', greater],
  ['iterable', iterable],
  ['le', (value, other) => calculate('<=', value, other) === true],
  ['lessthan', less],
  ['lower', (value) => textOf('lower', value).toLowerCase() === value],
  ['lt', less],
  ['mapping', (value) => isMap(value) || value instanceof SafeText],
  ['ne', (value, other) => value !== other],
  // `none` is the literal null in a template, and asks for this test by that name.
  ['none', (value) => value === null],
  ['null', (value) => value === null],
  ['number', (value) => typeof value === 'number'],
  ['odd', (value) => numberOf(value) % 2 === 1],
  ['sameas', equal],
  ['string', (value) => typeof value === 'string'],
  ['truthy', (value) => isTrue(value)],
  ['undefined', (value) => value === undefined],
  ['upper', (value) => textOf('upper', value).toUpperCase() === value],
]);

function textOf(test: string, value: Value): string {
  if (typeof value === 'string') return value;
  throw new Error(
    `the test '${test}' requires a string, not ${value === undefined ? 'a missing value' : stringOf(value)}`,
  );
}

function iterable(value: Value): boolean {
  if (value === undefined || value === null) throw new Error("the test 'iterable' requires a value");
  return typeof value === 'string' || value instanceof SafeText || Array.isArray(value);
}
