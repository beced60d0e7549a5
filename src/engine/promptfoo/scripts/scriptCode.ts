/**
 * promptfoo's JavaScript as one expression over `output` and `context`: a single line is an expression or
 * declarations with an expression at the end; several lines are the body of a function with `return`. `input` is what
 * the code calls its first argument.
 */
export function scriptExpression(code: string, input: 'output' | 'vars' = 'output'): string {
  const trimmed = code.trimEnd();
  const body = trimmed.includes('\n') ? trimmed : lineBody(trimmed);
  return `(function (${input}, context) {\n${body}\n})(output, context)`;
}

/**
 * The text of a script file as such an expression. It exports one function (CommonJS, or `export default`),
 * or several of which `name` is called.
 */
export function moduleExpression(code: string, name: string | undefined): string {
  const common = code
    .replace(/^[ \t]*export\s+default\s+/m, 'module.exports = ')
    .replace(/^[ \t]*export\s+((?:async\s+)?function\s*\*?\s*([A-Za-z_$][\w$]*))/gm, 'exports.$2 = $2; $1');
  return `${common}\n;module.exports = ${name === undefined ? exported('default') : exported(name)};`;
}

function exported(name: string): string {
  const key = JSON.stringify(name);
  return `(module.exports && module.exports[${key}]) || module.exports`;
}

/** `const s = output.trim(); s.length > 3` returns its last expression. */
function lineBody(line: string): string {
  const code = withoutSemicolons(line.trim());
  if (!/^(?:const|let|var)\s/.test(code)) return `return ${code}`;
  const last = lastSemicolon(code);
  const expression = code.slice(last + 1).trim();
  return last < 0 || expression === '' ? code : `${code.slice(0, last + 1)} return ${expression}`;
}

function withoutSemicolons(code: string): string {
  let end = code.length;
  while (end > 0 && /[;\s]/.test(code.charAt(end - 1))) end -= 1;
  return code.slice(0, end);
}

/** The last semicolon outside of quotes, or -1. */
function lastSemicolon(code: string): number {
  let quote = '';
  let last = -1;
  for (let at = 0; at < code.length; at++) {
    const char = code.charAt(at);
    if (char === '\\') at++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (/["'`]/.test(char)) quote = char;
    else if (char === ';') last = at;
  }
  return last;
}
