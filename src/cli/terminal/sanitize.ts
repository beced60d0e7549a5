/** Control characters, and those that turn the direction of text round: a terminal would obey them. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Makes text that came from a model or a file safe to print: what a terminal would obey is shown instead. */
export function sanitize(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0);
    // U+2400 is the first of the control pictures: ␛ for the escape character.
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return '␡';
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

/** Safe text on one line: line breaks and tabs become visible or spaces. */
export function sanitizeLine(text: string): string {
  return sanitize(text.replaceAll('\r\n', '\n')).replaceAll('\n', '⏎ ').replaceAll('\t', ' ');
}
