import { asSafe, type Filter, type FilterCall, numberAt, strictTextOf, textOf } from './filter.ts';
import { replacePattern } from './replacePattern.ts';
import { stripTags } from './stripTags.ts';
import { urlize } from './urlize.ts';
import { isMap, isTrue, Pattern, SafeText, stringOf, type Value } from './values.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '"': '&quot;',
  "'": '&#39;',
  '<': '&lt;',
  '>': '&gt;',
};

export const TEXT_FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['capitalize', (call) => asSafe(call.input, capitalize(textOf(call)))],
  ['center', center],
  ['e', escapeText],
  ['escape', escapeText],
  ['forceescape', ({ input, budget }) => new SafeText(escaped(written(input), budget))],
  ['indent', indent],
  ['lower', (call) => textOf(call).toLowerCase()],
  ['nl2br', nl2br],
  ['replace', replace],
  ['safe', ({ input }) => (input instanceof SafeText ? input : new SafeText(written(input)))],
  ['string', string],
  ['striptags', (call) => asSafe(call.input, stripTags(textOf(call), isTrue(call.args[0])))],
  ['title', (call) => asSafe(call.input, textOf(call).split(' ').map(capitalize).join(' '))],
  ['trim', (call) => asSafe(call.input, strictTextOf(call).trim())],
  ['truncate', truncate],
  ['upper', (call) => textOf(call).toUpperCase()],
  ['urlencode', urlencode],
  ['urlize', (call) => urlize(strictTextOf(call), Number(call.args[0]), call.args[1] === true)],
  ['wordcount', (call) => textOf(call).match(/\w+/g)?.length ?? null],
]);

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}

/** The halves are rounded up, as in a loop that runs while its counter is smaller. */
function center(call: FilterCall): Value {
  const text = textOf(call);
  const width = numberAt(call, 0, 80);
  if (text.length >= width) return text;
  call.budget.characters(width);
  const spaces = width - text.length;
  const before = Math.max(0, Math.ceil(spaces / 2 - (spaces % 2)));
  return asSafe(call.input, ' '.repeat(before) + text + ' '.repeat(Math.ceil(spaces / 2)));
}

function escapeText({ input, budget }: FilterCall): Value {
  return input instanceof SafeText ? input : new SafeText(escaped(written(input), budget));
}

function escaped(text: string, budget: FilterCall['budget']): string {
  budget.characters(text.length);
  return text.replace(/[&"'<>]/g, (char) => ESCAPES[char] ?? char);
}

function written(value: Value): string {
  return value === undefined || value === null ? '' : stringOf(value);
}

function indent(call: FilterCall): Value {
  const text = textOf(call);
  const width = numberAt(call, 0, 4);
  const lines = text.split('\n');
  call.budget.characters(lines.length * width + text.length);
  const margin = ' '.repeat(Math.max(0, Math.ceil(width)));
  const indented = lines.map((line, index) => (index === 0 && !isTrue(call.args[1]) ? line : margin + line));
  return text === '' ? '' : asSafe(call.input, indented.join('\n'));
}

function nl2br(call: FilterCall): Value {
  if (call.input === undefined || call.input === null) return '';
  return asSafe(call.input, strictTextOf(call).replace(/\r\n|\n/g, '<br />\n'));
}

function replace(call: FilterCall): Value {
  const { input, args, budget } = call;
  const [sought, replacement, most = -1] = args;
  if (sought instanceof Pattern) return replacePattern(sought, strictTextOf(call), stringOf(replacement));
  if (typeof sought !== 'string' && typeof sought !== 'number') return input;
  if (typeof input !== 'string' && typeof input !== 'number' && !(input instanceof SafeText)) return input;

  const text = stringOf(input);
  const old = String(sought);
  const parts = old === '' ? ['', ...text, ''] : text.split(old);
  const made = stringOf(replacement);

  budget.characters(text.length + parts.length * made.length);
  if (old === '') return asSafe(input, made + text.split('').join(made) + made);

  const limit = Number(most);
  if (limit < 0) return asSafe(input, parts.join(made));

  const head = parts.slice(0, limit + 1).join(made);
  const rest = parts.slice(limit + 1);
  return asSafe(input, [head, ...rest].join(old));
}

function string({ input }: FilterCall): Value {
  if (input === undefined || input === null) throw new Error('it requires a value');
  return asSafe(input, stringOf(input));
}

function truncate(call: FilterCall): Value {
  const text = textOf(call);
  const length = numberAt(call, 0, 255);
  if (text.length <= length) return text;
  const space = text.lastIndexOf(' ', length);
  const end = isTrue(call.args[1]) || space === -1 ? length : space;
  return asSafe(call.input, text.slice(0, Math.max(0, end)) + stringOf(call.args[2] ?? '...'));
}

/** A text, or the pairs of a map or list as a query. */
function urlencode({ input, budget }: FilterCall): Value {
  if (typeof input === 'string') {
    budget.characters(input.length);
    return encodeURIComponent(input);
  }
  const pairs = Array.isArray(input) ? input : isMap(input) ? Object.entries(input) : [];
  budget.items(pairs.length);
  const encode = (value: Value): string => encodeURIComponent(stringOf(value));
  return pairs.map((pair) => (Array.isArray(pair) ? `${encode(pair[0])}=${encode(pair[1])}` : '')).join('&');
}
