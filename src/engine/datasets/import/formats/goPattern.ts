/** A Go `regexp` pattern in JavaScript syntax, or the reason why it cannot be converted. */
export type ReadPattern = { pattern: string; flags: string } | { fault: string };

/** Go syntax that JavaScript lacks or reads differently. */
const FOREIGN: readonly [RegExp, string][] = [
  [/\\[QEC]/, '\\Q, \\E and \\C'],
  [/\[\[:|\[:[a-z^]+:\]/, 'classes such as [:alpha:]'],
  [/\\[pP](?!\{)/, '\\p without braces'],
  [/\\x\{/, '\\x{…}'],
  [/\\a/, '\\a'],
];

/**
 * Translates a pattern of Go. Its leading flags, `(?i)` or `(?is)`, become flags; `(?P<name>…)`, `\A` and `\z` what
 * JavaScript writes for them. Whether a repetition is greedy (`U`) makes no difference to what is only looked for.
 */
export function readGoPattern(text: string): ReadPattern {
  let pattern = text;
  const flags = new Set<string>();
  for (let lead = leadingFlags(pattern); lead; lead = leadingFlags(pattern)) {
    const [on = '', off = ''] = lead.letters.split('-');
    for (const flag of on) flags.add(flag);
    for (const flag of off) flags.delete(flag);
    pattern = pattern.slice(lead.length);
  }

  const inner = findOutside(pattern, /^\(\?[imsU-]+\)/);
  if (inner) return { fault: `${inner} appears inside it, but JavaScript flags apply to the whole pattern` };
  for (const [sign, name] of FOREIGN) {
    if (findOutside(pattern, new RegExp(`^(?:${sign.source})`)))
      return { fault: `JavaScript does not support ${name}` };
  }

  if (flags.has('m') && /\\[Az]/.test(pattern))
    return { fault: 'JavaScript does not support \\A or \\z with the flag m' };

  flags.delete('U');
  const translated = pattern.replace(/\\[\s\S]|\(\?P</g, (piece) => TRANSLATED[piece] ?? piece);
  const written = [...flags].sort().join('');

  try {
    new RegExp(translated, written);
    return { pattern: translated, flags: written };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

const TRANSLATED: { [go: string]: string } = { '(?P<': '(?<', '\\A': '^', '\\z': '$' };

function leadingFlags(pattern: string): { letters: string; length: number } | undefined {
  const match = /^\(\?([imsU]*(?:-[imsU]+)?)\)/.exec(pattern);
  return match?.[1] ? { letters: match[1], length: match[0].length } : undefined;
}

/** The first piece of a pattern that matches, passing over escaped characters. */
function findOutside(pattern: string, piece: RegExp): string | undefined {
  for (let at = 0; at < pattern.length; at += pattern[at] === '\\' ? 2 : 1) {
    const found = piece.exec(pattern.slice(at, at + 40));
    if (found) return found[0];
  }
  return undefined;
}
