import type { ErrorObject } from 'ajv';
import type { Pointer } from '../../files/formats/document.ts';
import { excerpt } from '../../files/text/excerpt.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';

/** A schema error in plain words; `pointer` is relative to the checked value. */
interface PlainError {
  code: string;
  message: string;
  pointer: Pointer;
  remedy?: string;
}

/**
 * Explains schema errors in plain words. `prefix` is the path of the checked value, for example `['test_cases', 3]`.
 */
export function explainSchemaErrors(
  errors: readonly ErrorObject[],
  value: JsonValue,
  prefix: Pointer,
): PlainError[] {
  return errors
    .filter((error) => !(error.keyword === 'required' && error.schemaPath.includes('/anyOf/')))
    .map((error) => explain(error, value, prefix));
}

/** `test_cases[3].expected_output.answer` */
export function formatPointer(pointer: Pointer): string {
  let text = '';
  for (const step of pointer) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w$-]{1,60}$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(excerpt(step))}]`;
  }
  return text === '' ? 'the file' : text;
}

function explain(error: ErrorObject, root: JsonValue, prefix: Pointer): PlainError {
  const pointer = parsePointer(error.instancePath);
  const value = valueAt(root, pointer);
  const name = formatPointer([...prefix, ...pointer]);
  const is = `${name} is ${show(value)}`;
  const limit = error.params['limit'];

  switch (error.keyword) {
    case 'required': {
      const field = String(error.params['missingProperty']);
      return { code: 'missing-field', message: `${name} has no ${field}`, pointer, remedy: `Add ${field}.` };
    }
    case 'anyOf':
      return {
        code: 'missing-field',
        message: `${name} has neither input nor messages`,
        pointer,
        remedy: 'Add input: with a string or variables, or messages: with a conversation.',
      };
    case 'type':
      return { code: 'wrong-type', message: `${is}; expected ${typeNames(error.params['type'])}`, pointer };
    case 'enum':
      return {
        code: 'unknown-value',
        message: `${is}; expected ${orList(error.params['allowedValues'])}`,
        pointer,
      };
    case 'pattern':
      return { code: 'bad-version', message: `${is}; expected a version such as 1.0.0`, pointer };
    case 'minLength':
      return { code: 'empty-text', message: `${name} is an empty string`, pointer, remedy: 'Enter a value.' };
    case 'maxLength':
      return { code: 'too-long', message: `${name} is longer than ${limit} characters`, pointer };
    case 'minItems':
      return pointer[0] === 'test_cases'
        ? {
            code: 'empty-dataset',
            message: 'the dataset has no cases',
            pointer,
            remedy: 'Add at least one case.',
          }
        : { code: 'empty-list', message: `${name} is an empty list`, pointer, remedy: 'Add an entry.' };
    case 'minimum':
      return { code: 'out-of-range', message: `${is}; expected ${limit} or more`, pointer };
    case 'maximum':
      return { code: 'out-of-range', message: `${is}; expected ${limit} or less`, pointer };
    case 'exclusiveMinimum':
      return { code: 'out-of-range', message: `${is}; expected more than ${limit}`, pointer };
    default:
      return { code: 'wrong-form', message: `${name} ${error.message ?? 'has the wrong form'}`, pointer };
  }
}

const TYPE_NAMES: { [type: string]: string } = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
};

function typeNames(types: unknown): string {
  return orList(
    (Array.isArray(types) ? types : [types]).map((type) => TYPE_NAMES[String(type)] ?? String(type)),
  );
}

function orList(values: unknown): string {
  const items = Array.isArray(values) ? values.map(String) : [String(values)];
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}

function show(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  return `'${excerpt(value, 40)}'`;
}

/** Ajv writes RFC 6901 pointers: `~1` is a slash, `~0` a tilde. */
function parsePointer(path: string): Pointer {
  return path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^(0|[1-9]\d*)$/.test(step) ? Number(step) : step));
}

function valueAt(root: JsonValue, pointer: Pointer): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of pointer) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isJsonObject(value)) value = value[String(step)];
    else return undefined;
  }
  return value;
}
