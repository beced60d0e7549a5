import type { BinaryOperator } from './nodes.ts';
import { isMap, isTrue, numberOf, primitive, SafeText, stringOf, type Value } from './values.ts';

/** The operator as JavaScript has it, over data. */
export function calculate(operator: BinaryOperator, left: Value, right: Value): Value {
  switch (operator) {
    case '==':
      return looselyEqual(left, right);
    case '!=':
      return !looselyEqual(left, right);
    case '===':
      return left === right;
    case '!==':
      return left !== right;
    case '<':
      return isLess(left, right);
    case '>':
      return isLess(right, left);
    case '<=':
      return isLess(left, right) || isSame(left, right);
    case '>=':
      return isLess(right, left) || isSame(left, right);
    case '~':
      return stringOf(left) + stringOf(right);
    case '+':
      return add(left, right);
    case '-':
      return numberOf(left) - numberOf(right);
    case '*':
      return numberOf(left) * numberOf(right);
    case '/':
      return numberOf(left) / numberOf(right);
    case '%':
      return numberOf(left) % numberOf(right);
    case '//':
      return Math.floor(numberOf(left) / numberOf(right));
    case '**':
      return numberOf(left) ** numberOf(right);
  }
}

export function add(left: Value, right: Value): Value {
  const [one, other] = [primitive(left), primitive(right)];
  return typeof one === 'string' || typeof other === 'string'
    ? stringOf(one) + stringOf(other)
    : Number(one) + Number(other);
}

/** `key in list`, in a text, or among the keys of a map. Throws Error for anything else. */
export function isIn(key: Value, holder: Value): boolean {
  if (Array.isArray(holder)) return holder.indexOf(key) !== -1;
  if (typeof holder === 'string') return holder.includes(stringOf(key));
  if (isMap(holder)) return Object.hasOwn(holder, stringOf(key));
  throw new Error(`'in' cannot look for '${stringOf(key)}' in ${isTrue(holder) ? 'this value' : 'nothing'}`);
}

function looselyEqual(left: Value, right: Value): boolean {
  const isObject = (value: Value) => typeof value === 'object' && value !== null;
  if (isObject(left) && isObject(right) && !(left instanceof SafeText) && !(right instanceof SafeText))
    return left === right;
  const [one, other] = [primitive(left), primitive(right)];
  if (one === undefined || one === null) return other === undefined || other === null;
  if (other === undefined || other === null) return false;
  if (typeof one === typeof other) return one === other;
  return Number(one) === Number(other);
}

function isLess(left: Value, right: Value): boolean {
  const [one, other] = [primitive(left), primitive(right)];
  return typeof one === 'string' && typeof other === 'string' ? one < other : Number(one) < Number(other);
}

/** Neither is less than the other, where they can be compared at all. */
function isSame(left: Value, right: Value): boolean {
  const [one, other] = [primitive(left), primitive(right)];
  return typeof one === 'string' && typeof other === 'string' ? one === other : Number(one) === Number(other);
}
