/** What hostile or unlucky texts are made of. */
const PIECES: readonly string[] = [
  '\0',
  '\ufeff',
  '\u2028',
  '\ud800',
  '\udc00',
  '\r',
  '\t',
  '\u001b[31m',
  '\u202e',
  '🙂',
  '',
  ' ',
  '\n',
  '\r\n',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '"',
  "'",
  '`',
  ':',
  ',',
  '- ',
  '? ',
  '| ',
  '> ',
  '&a ',
  '*a',
  '!!js ',
  '<<: ',
  '# ',
  '%',
  '---\n',
  '...\n',
  '{{',
  '}}',
  '{%',
  '%}',
  '{#',
  '#}',
  '{% for x in y %}',
  '{% endfor %}',
  '{% if %}',
  '{% include "a" %}',
  '{{{',
  '{{#each x}}',
  '{{/each}}',
  '{{!--',
  '${env:A}',
  '${file:a}',
  '${input:a:b}',
  '__proto__',
  'constructor',
  'null',
  'true',
  '~',
  'NaN',
  'Infinity',
  '-0',
  '1e999',
  '9007199254740993',
  '0x10',
  '.5',
  '1_000',
  '2001-01-01',
  '../../etc/passwd',
  'file://x',
  'http://x',
  '\\',
  '\\u',
  '\\x',
  '(?i)',
  '(a+)+$',
  '[[:alpha:]]',
  '</script>',
  ',,,,',
  ';',
];

/** One to six seeded edits of a text: splices, doublings, deep nesting, odd characters, other line ends, huge numbers. */
export function mutate(text: string, other: string, random: () => number): string {
  let mutated = text;
  const edits = 1 + Math.floor(random() * 6);
  for (let count = 0; count < edits; count++) mutated = edit(mutated, other, random).slice(0, MAX_LENGTH);
  return mutated;
}

/** Inputs stay small enough for thousands of runs a minute. */
const MAX_LENGTH = 60_000;

function edit(text: string, other: string, random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit);
  const at = below(text.length + 1);
  const end = Math.min(text.length, at + below(random() < 0.8 ? 12 : 400));
  const piece = PIECES[below(PIECES.length)] ?? '';
  switch (below(12)) {
    case 0:
      return text.slice(0, at) + piece + text.slice(at);
    case 1:
      return text.slice(0, at) + piece + text.slice(end);
    case 2:
      return text.slice(0, at) + text.slice(end);
    case 3:
      return text.slice(0, end) + text.slice(at);
    case 4: {
      const from = below(other.length + 1);
      return text.slice(0, at) + other.slice(from, from + below(300)) + text.slice(end);
    }
    case 5:
      return (
        text.slice(0, at) +
        (piece + (random() < 0.5 ? '' : ' ')).repeat(1 + below(random() < 0.9 ? 40 : 8000)) +
        text.slice(at)
      );
    case 6:
      return text.slice(0, at) + text.slice(at, end).repeat(1 + below(300)) + text.slice(end);
    case 7: {
      const depth = 1 + below(random() < 0.8 ? 60 : 6000);
      const [open, close] = [
        ['[', ']'],
        ['{"a":', '}'],
        ['(', ')'],
        ['{{#if a}}', '{{/if}}'],
        ['{% if a %}', '{% endif %}'],
        ['- ', ''],
      ][below(6)] ?? ['', ''];
      return (
        text.slice(0, at) +
        (open ?? '').repeat(depth) +
        text.slice(at, end) +
        (close ?? '').repeat(depth) +
        text.slice(end)
      );
    }
    case 8:
      return text.replaceAll('\n', ['\r\n', '\r', '\u2028', ' '][below(4)] ?? '');
    case 9:
      return text.replace(/\d+/g, (digits) =>
        random() < 0.3
          ? (['1e400', '-1', '99999999999999999999', '0', '1.5', '2147483648'][below(6)] ?? '')
          : digits,
      );
    case 10:
      return text.replace(/"[^"\n]*"|: [^\n]+/g, (value) =>
        random() < 0.1 ? (['null', ': null', '[]', ': {}', '7', ': "x"', '""'][below(7)] ?? '') : value,
      );
    default: {
      const lines = text.split('\n');
      const line = below(lines.length);
      const [taken = ''] = lines.splice(line, 1);
      lines.splice(
        below(lines.length + 1),
        0,
        random() < 0.5 ? taken : ' '.repeat(below(8)) + taken.trimStart(),
      );
      return lines.join('\n');
    }
  }
}
