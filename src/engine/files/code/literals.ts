/** String literals in any quotes, as written; not those with line breaks, nor very long ones. */
export function literalsOf(code: string): string[] {
  return [...code.matchAll(/(["'`])((?:(?!\1)[^\\\n]|\\.){1,300}?)\1/g)].map(([, , text = '']) => text);
}
