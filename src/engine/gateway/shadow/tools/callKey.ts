import { canonicalJson, type JsonValue } from '../../../model/json.ts';
import { isNestedDeeper, MAX_REPLY_DEPTH } from '../../../model/jsonDepth.ts';

/** A tool call as it is compared: equal keys are the same call. */
export interface ComparedCall {
  name: string;
  arguments: JsonValue;
  key: string;
}

/** `text`: the arguments as they stand in a body; what is not JSON is compared as it is. No arguments are an empty object. */
export function comparedCall(name: string, text: string): ComparedCall {
  const value = text.trim() === '' ? {} : parsed(text);
  if (value === undefined) return callOf(name, text, `s${text}`);
  return callOf(name, value, text.trim() === '' ? {} : exactJson(text));
}

/** The same of arguments that stand in a body themselves, read by `exactJson`. */
export function callOf(name: string, value: JsonValue, exact: JsonValue): ComparedCall {
  return { name, arguments: value ?? {}, key: `${JSON.stringify(name)} ${canonicalJson(exact ?? {})}` };
}

/** JSON with each number as a string of its value, so that none loses digits. Throws as JSON.parse does. */
export function exactJson(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text, exactly);
  return value;
}

function parsed(text: string): JsonValue | undefined {
  if (isNestedDeeper(text, MAX_REPLY_DEPTH)) return undefined;
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** To the last digit: order numbers may have more of them than a floating-point number holds. */
function exactly(_key: string, value: JsonValue, ...context: unknown[]): JsonValue {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value !== 'number') return value;

  const [read] = context;
  const isSource = typeof read === 'object' && read !== null && 'source' in read;
  return `n${decimal(isSource && typeof read.source === 'string' ? read.source : String(value))}`;
}

/** `-120.50e3` is `-1205e2`: digits without zeros at their ends, and a power of ten. */
function decimal(source: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
