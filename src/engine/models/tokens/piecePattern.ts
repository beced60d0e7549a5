/**
 * The pre-tokenizer of an encoding as a sticky JavaScript expression with the meaning that Rust gives it:
 * `\s` is Unicode's White_Space (JavaScript's own also holds U+FEFF and lacks U+0085), and letters in
 * `(?i:…)` match in either case, `s` also as `ſ`. Every match begins where the last one ended, and it looks
 * at nothing before that place.
 */
export function piecePattern(pattern: string): RegExp {
  const source = pattern
    .replaceAll('\\s', '\\p{White_Space}')
    .replaceAll('\\S', '\\P{White_Space}')
    .replace(/\(\?i:([^()]*)\)/g, (_, body: string) => `(?:${body.replace(/[a-z]/g, eitherCase)})`);
  return new RegExp(source, 'uy');
}

function eitherCase(letter: string): string {
  return `[${letter}${letter.toUpperCase()}${letter === 's' ? 'ſ' : ''}]`;
}
