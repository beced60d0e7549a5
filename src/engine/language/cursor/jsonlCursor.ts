import { getLocation } from 'jsonc-parser';
import type { CursorText } from './cursorText.ts';
import type { YamlCursor } from './yamlCursor.ts';

/** As `yamlCursor`, for one line of a JSONL file; the word includes its quotes. */
export function jsonlCursor({ lines, row, column, base }: CursorText): YamlCursor | undefined {
  const line = lines[row] ?? '';
  const { path, isAtPropertyKey, previousNode } = getLocation(line, column);
  const inside =
    previousNode && column <= previousNode.offset + previousNode.length ? previousNode : undefined;
  const start = inside?.offset ?? column;
  const end = inside ? inside.offset + inside.length : column;
  const pointer = [...base, ...(isAtPropertyKey ? path.slice(0, -1) : path)];
  const hasColon = /^\s*:/.test(line.slice(end));
  return { pointer, role: isAtPropertyKey ? 'key' : 'value', siblings: [], hasColon, start, end };
}
