import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { looksLikeReply, type ReplyForm } from './agentReply.ts';

/** A reply among whatever else a program wrote to its standard output. */
export interface FoundReply {
  text: string;
  /** Where it ends in the whole text. */
  end: number;
  /** The other lines that are not empty. */
  noise: string[];
}

/** So many lines are tried as the first, and as the last, of a reply of several lines. */
const MOST_STARTS = 40;
const MOST_ENDS = 4;

/**
 * Everything, where it is one JSON document; else the last line that is a reply, or the last block of lines that is.
 * Undefined where there is none.
 */
export function findReply(written: string, form: ReplyForm): FoundReply | undefined {
  const whole = written.trimEnd();
  if (whole.trim() === '') return undefined;
  if (parses(whole)) return { text: whole, end: whole.length, noise: [] };

  const lines = whole.split('\n');
  for (let at = lines.length - 1; at >= 0; at -= 1)
    if (isReply(lines[at] ?? '', form)) return found(lines, at, at);
  return findBlock(lines, form);
}

function findBlock(lines: readonly string[], form: ReplyForm): FoundReply | undefined {
  const starts = lines.flatMap((line, at) => (line.startsWith('{') ? [at] : [])).slice(-MOST_STARTS);
  const ends = lines.flatMap((line, at) => (/^}\s*$/.test(line) ? [at] : [])).slice(-MOST_ENDS);
  for (const end of ends.reverse())
    for (const start of starts)
      if (start < end && isReply(lines.slice(start, end + 1).join('\n'), form))
        return found(lines, start, end);
  return undefined;
}

function found(lines: readonly string[], first: number, last: number): FoundReply {
  return {
    text: lines.slice(first, last + 1).join('\n'),
    end: lines.slice(0, last + 1).join('\n').length,
    noise: [...lines.slice(0, first), ...lines.slice(last + 1)].filter((line) => line.trim() !== ''),
  };
}

function isReply(text: string, form: ReplyForm): boolean {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return false;
  try {
    return looksLikeReply(parseUntrustedJson(trimmed), form);
  } catch {
    return false;
  }
}

function parses(text: string): boolean {
  try {
    parseUntrustedJson(text);
    return true;
  } catch {
    return false;
  }
}
