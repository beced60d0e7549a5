import { RE2JS } from 're2js';

interface LinearPattern {
  test(text: string): boolean;
  toString(): string;
}

/** White space and line ends of JavaScript; RE2 knows only those of ASCII. */
const SPACE =
  '\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const LINE_END = '\\n\\r\\x{2028}\\x{2029}';
const ANYTHING = '[\\x{0}-\\x{10ffff}]';
const NOTHING = '[^\\x{0}-\\x{10ffff}]';

/**
 * A valid JavaScript pattern on an engine whose time is linear in the text (RE2), or undefined where it needs
 * look-around or back-references, or repeats more than RE2 allows. Characters are code points, as with flag `u`.
 */
export function compileLinear(pattern: string, flags = ''): LinearPattern | undefined {
  const translated = translate(pattern, flags);
  if (translated === undefined) return undefined;
  const bits =
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) | (flags.includes('m') ? RE2JS.MULTILINE : 0);
  try {
    const compiled = RE2JS.compile(translated, bits);
    return { test: (text) => compiled.test(text) };
  } catch {
    return undefined;
  }
}

/**
 * The `RegExp` of JSON Schema's `pattern` and `patternProperties`. Ajv keeps one pattern per text of `toString`.
 * Throws SyntaxError.
 */
export function safeRegExp(pattern: string, flags: string): LinearPattern {
  new RegExp(pattern, flags);
  const linear = compileLinear(pattern, flags);
  if (linear) return { test: linear.test, toString: () => `/${pattern}/${flags}` };
  throw new SyntaxError(`the pattern /${pattern}/ uses look-around, back-references or too many repetitions`);
}
safeRegExp.code = 'RegExp';

/**
 * True when `^` or `$` of a multi-line pattern would see a line end in this text that RE2 does not know:
 * RE2 ends lines at \n only, JavaScript also at \r, U+2028 and U+2029.
 */
export function hasForeignLineEnd(text: string): boolean {
  return /[\r\u2028\u2029]/.test(text);
}

/** The pattern in RE2's spelling; undefined for what RE2 cannot say. `pattern` is valid JavaScript. */
function translate(pattern: string, flags: string): string | undefined {
  const unicode = flags.includes('u');
  let out = '';
  for (let at = 0; at < pattern.length; ) {
    const token = nextToken(pattern, at);
    at += token.length;
    const next = translateToken(token, flags, unicode);
    if (next === undefined) return undefined;
    out += next;
  }
  return out;
}

function nextToken(pattern: string, at: number): string {
  const char = pattern.charAt(at);
  if (char === '\\') return escapeAt(pattern, at);
  if (char === '[') {
    let end = at + 1;
    while (end < pattern.length && pattern[end] !== ']') end += pattern[end] === '\\' ? 2 : 1;
    return pattern.slice(at, end + 1);
  }
  const group = /^\(\?(?:<?[=!]|<[^>]*>|[a-z-]*:)/.exec(pattern.slice(at, at + 200));
  return group ? group[0] : char;
}

function escapeAt(pattern: string, at: number): string {
  const rest = pattern.slice(at, at + 80);
  const long =
    /^\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[pP]\{[^}]*\}|k<[^>]*>|\d+)/.exec(
      rest,
    );
  if (!long) return rest.slice(0, 2);
  const pair = /^\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/.exec(rest);
  return pair ? pair[0] : long[0];
}

function translateToken(token: string, flags: string, unicode: boolean): string | undefined {
  if (token.startsWith('\\')) return translateEscape(token, false, unicode);
  if (token.startsWith('[')) return translateClass(token, unicode);
  if (token === '.') return flags.includes('s') ? ANYTHING : `[^${LINE_END}]`;
  if (/^\(\?<?[=!]/.test(token)) return undefined;
  if (token.startsWith('(?<')) return `(?P<${token.slice(3)}`;
  // In JavaScript without `u`, braces and brackets that close nothing are letters like any other.
  return token === ']' ? '\\]' : token;
}

function translateClass(token: string, unicode: boolean): string | undefined {
  const negated = token[1] === '^';
  const body = token.slice(negated ? 2 : 1, -1);
  if (body === '') return negated ? ANYTHING : NOTHING;

  let out = '';
  for (let at = 0; at < body.length; ) {
    const part = body[at] === '\\' ? escapeAt(body, at) : String.fromCodePoint(body.codePointAt(at) ?? 0);
    at += part.length;
    const next = part.startsWith('\\') ? translateEscape(part, true, unicode) : part === '[' ? '\\[' : part;
    if (next === undefined) return undefined;
    out += next;
  }

  return `[${negated ? '^' : ''}${out}]`;
}

function translateEscape(token: string, inClass: boolean, unicode: boolean): string | undefined {
  const letter = token.charAt(1);
  if (letter === 's') return inClass ? SPACE : `[${SPACE}]`;
  if (letter === 'S') return inClass ? undefined : `[^${SPACE}]`;
  if (letter === 'b' && inClass) return '\\x{8}';
  if (letter === 'u' || letter === 'x') return hexEscape(token, unicode);
  if (letter === 'c' && token.length === 3) return `\\x{${(token.charCodeAt(2) % 32).toString(16)}}`;
  if (letter === '0' && token.length === 2) return '\\x{0}';
  if (/\d/.test(letter) || letter === 'k') return undefined;
  if (letter === 'p' || letter === 'P') return unicode && token.length > 2 ? property(token) : letter;
  if (/[dDwWbBnrtvf]/.test(letter)) return token;

  return /[A-Za-z]/.test(letter) ? letter : `\\${letter}`;
}

function hexEscape(token: string, unicode: boolean): string | undefined {
  if (token.length === 2) return token.charAt(1);
  if (token.length === 12) {
    const high = Number.parseInt(token.slice(2, 6), 16);
    const low = Number.parseInt(token.slice(8), 16);
    return `\\x{${(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).toString(16)}}`;
  }
  if (token.startsWith('\\u{') && !unicode) return undefined;
  return `\\x{${token.replace(/[^0-9a-fA-F]/g, '')}}`;
}

/** RE2 knows scripts and general categories by their short names; anything else goes to the other engine. */
function property(token: string): string | undefined {
  const name = token.slice(3, -1).replace(/^(?:Script|sc|General_Category|gc)=/, '');
  const short = LONG_CATEGORIES.get(name) ?? name;
  return `\\${token.charAt(1)}{${short}}`;
}

const LONG_CATEGORIES: ReadonlyMap<string, string> = new Map([
  ['Letter', 'L'],
  ['Lowercase_Letter', 'Ll'],
  ['Uppercase_Letter', 'Lu'],
  ['Number', 'N'],
  ['Decimal_Number', 'Nd'],
  ['Punctuation', 'P'],
  ['Symbol', 'S'],
  ['Mark', 'M'],
  ['Separator', 'Z'],
  ['Other', 'C'],
]);
