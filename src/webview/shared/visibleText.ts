/** What cannot be seen, and what would turn the direction of the text around it. */
const HIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u202a-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Text from a model or a dataset as a person should see it: control characters become visible, so that none
 * can hide or reorder what stands beside it. Line breaks and tabs stay.
 */
export function visibleText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0);
    // U+2400 is the first of the control pictures: ␛ for the escape character.
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}
