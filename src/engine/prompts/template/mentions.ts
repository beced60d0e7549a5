/** Whether a text has the name of the variable in it, as a word; templates and scripts alike. Linear in the text. */
export function mentions(text: string, name: string): boolean {
  let at = text.indexOf(name);
  for (; at >= 0; at = text.indexOf(name, at + 1)) {
    const around = `${text.charAt(at - 1)}${text.charAt(at + name.length)}`;
    if (!/[\w$]/.test(around)) return true;
  }
  return false;
}
