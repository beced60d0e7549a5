import { RE2JS } from 're2js';
import type { Pattern } from './values.ts';

/** Replaces the matches of a pattern, in linear time. Throws Error for syntax that RE2 does not support. */
export function replacePattern(pattern: Pattern, text: string, replacement: string): string {
  const matcher = compile(pattern).matcher(text);
  let result = '';
  let cursor = 0;
  while (matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? '');
    result += text.slice(cursor, start) + filled(replacement, groups, text, start, end);
    cursor = end;
    if (!pattern.flags.includes('g')) break;
  }
  return result + text.slice(cursor);
}

export function testPattern(pattern: Pattern, text: string): boolean {
  return compile(pattern).matcher(text).find();
}

function compile({ body, flags }: Pattern): RE2JS {
  // Invalid in JavaScript, and therefore here.
  new RegExp(body, flags);
  if (flags.includes('y')) throw new Error('the regular expression flag y is not supported');
  const bits =
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) | (flags.includes('m') ? RE2JS.MULTILINE : 0);
  try {
    return RE2JS.compile(RE2JS.translateRegExp(body), bits);
  } catch {
    throw new Error(
      `the regular expression /${body}/ uses look-around, back-references or too many repetitions`,
    );
  }
}

/** `$1`, `$&` and their like, as JavaScript's `replace` has them. */
function filled(
  replacement: string,
  groups: readonly string[],
  text: string,
  start: number,
  end: number,
): string {
  if (!replacement.includes('$')) return replacement;
  return replacement.replace(/\$(?:\$|&|`|'|(\d\d?))/g, (whole, digits: string | undefined) => {
    if (digits === undefined) {
      if (whole === '$$') return '$';
      if (whole === '$&') return groups[0] ?? '';
      return whole === '$`' ? text.slice(0, start) : text.slice(end);
    }
    const two = Number(digits);
    if (two > 0 && two < groups.length) return groups[two] ?? '';
    const one = Number(digits.charAt(0));
    if (digits.length === 2 && one > 0 && one < groups.length) return (groups[one] ?? '') + digits.charAt(1);
    return whole;
  });
}
