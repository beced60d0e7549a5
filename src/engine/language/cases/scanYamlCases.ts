import type { SourceRange } from '../../model/location.ts';
import type { CasePlace } from './casePlace.ts';

/** An item of the list, while its lines are gathered. */
interface OpenCase {
  line: number;
  column: number;
  lines: string[];
}

/**
 * Finds the cases of a YAML dataset by the indentation of its list, without parsing it: 20,000 cases take milliseconds
 * instead of seconds, and an incomplete case does not hide the others. Undefined if the list is not a block sequence
 * with one `- ` per case.
 */
export function scanYamlCases(text: string, path: string): CasePlace[] | undefined {
  const lines = text.split('\n');
  const head = lines.findIndex((line) =>
    /^(?:test_cases|"test_cases"|'test_cases')[ \t]*:[ \t\r]*(?:#.*)?$/.test(line),
  );
  if (head < 0) return undefined;

  const places: CasePlace[] = [];
  let indent: number | undefined;
  let open: OpenCase | undefined;

  for (let at = head + 1; at < lines.length; at++) {
    const line = (lines[at] ?? '').replace(/\r$/, '');
    const spaces = indentOf(line);
    const isItem = /^ *-(?: |$)/.test(line) && (indent === undefined || spaces === indent);
    const ends = !isItem && /^[^\s#-]/.test(line) && spaces <= (indent ?? 0);

    if ((isItem || ends) && open) places.push(placeOf(open, path));
    if (ends) return places;
    if (isItem) {
      indent = spaces;
      open = { line: at + 1, column: spaces + 1, lines: [line] };
    } else if (open) open.lines.push(line);
    else if (indent === undefined && line.trim() !== '' && !/^\s*#/.test(line)) return undefined;
  }

  if (open) places.push(placeOf(open, path));
  return places;
}

function placeOf({ line, column, lines }: OpenCase, path: string): CasePlace {
  while (lines.length > 1 && /^\s*(?:#.*)?$/.test(lines.at(-1) ?? '')) lines.pop();
  // A hyphen alone on its line: the case starts with its first key.
  const isAlone = (lines[0] ?? '').trim() === '-';
  const first = isAlone ? lines.findIndex((text, row) => row > 0 && /^\s*[^\s#]/.test(text)) : 0;
  const row = Math.max(0, first);
  const start = row > 0 ? indentOf(lines[row] ?? '') + 1 : column + leadOf(lines[0] ?? '', column);

  const range: SourceRange = {
    path,
    line: line + row,
    column: start,
    endLine: line + lines.length - 1,
    endColumn: (lines.at(-1) ?? '').trimEnd().length + 1,
  };

  const id = findId(lines, start - 1);
  if (!id)
    return {
      id: '',
      range,
      idRange: { ...range, endLine: range.line, endColumn: start },
      tags: tagsOf(lines),
    };

  const at = line + id.row;
  const idRange = {
    path,
    line: at,
    column: id.column,
    endLine: at,
    endColumn: id.column + id.written.length,
  };

  return { id: unquote(id.written), range, idRange, tags: tagsOf(lines) };
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Columns from the hyphen to what follows it. */
function leadOf(line: string, column: number): number {
  return /^-\s*/.exec(line.slice(column - 1))?.[0].length ?? 0;
}

const QUOTED = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/;
const PLAIN_IN_BLOCK = /^([^\s#{}[\]"'&*!|>](?:[^#]|\S#)*)/;
const PLAIN_IN_FLOW = /^([^\s#,{}[\]"'&*!|>][^#,{}[\]]*)/;

/** The id among the case's own keys, at `indent` or in braces after the hyphen. */
function findId(lines: readonly string[], indent: number) {
  const isFlow = lines[0]?.[indent] === '{';
  const key = isFlow ? /^.*?[{,\s]["']?id["']?\s*:\s*/ : /^["']?id["']?[ \t]*:[ \t]*/;
  for (const [row, line] of lines.entries()) {
    const from = row === 0 ? indent : isFlow ? 0 : indentOf(line) === indent ? indent : undefined;
    const before = from === undefined ? undefined : key.exec(line.slice(from))?.[0].length;
    if (from === undefined || before === undefined) continue;
    const rest = line.slice(from + before);
    const written = (QUOTED.exec(rest) ??
      (isFlow ? PLAIN_IN_FLOW : PLAIN_IN_BLOCK).exec(rest))?.[1]?.trimEnd();
    return written ? { row, column: from + before + 1, written } : undefined;
  }

  return undefined;
}

function tagsOf(lines: readonly string[]): string[] {
  for (const [row, line] of lines.entries()) {
    const match = /^(?:\s*(?:- )?\s*|.*[{,]\s*)["']?tags["']?[ \t]*:[ \t]*(.*)$/.exec(line);
    if (!match) continue;

    const flow = /^\[([^\]]*)\]/.exec(match[1] ?? '')?.[1];
    if (flow !== undefined)
      return flow
        .split(',')
        .map((tag) => unquote(tag.trim()))
        .filter(Boolean);

    const items: string[] = [];
    for (const next of lines.slice(row + 1)) {
      const item = /^\s*- (.*)$/.exec(next)?.[1];
      if (item === undefined) break;
      items.push(unquote(item.replace(/\s#.*$/, '').trim()));
    }

    return items;
  }

  return [];
}

function unquote(written: string): string {
  if (/^'.*'$/.test(written)) return written.slice(1, -1).replaceAll("''", "'");
  if (!/^".*"$/.test(written)) return written;
  try {
    return String(JSON.parse(written));
  } catch {
    return written.slice(1, -1);
  }
}
