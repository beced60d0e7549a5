/**
 * Control characters, those that turn the direction of text round, halves of surrogate pairs and
 * noncharacters. Tab, line feed and carriage return are not among them.
 */
const HIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;

/**
 * Text that came from a model or a file, with everything shown that a terminal, a browser or an XML reader
 * would obey or refuse: `␛` for the escape character, `<U+202E>` for one without a picture.
 */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0);
    // U+2400 is the first of the control pictures.
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return '␡';
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}
