/** Texts in quotation marks of any kind, as they are written; those with a line break or very long ones are left out. */
export function literalsOf(code: string): string[] {
  return [...code.matchAll(/(["'`])((?:(?!\1)[^\\\n]|\\.){1,300}?)\1/g)].map(([, , text = '']) => text);
}
