import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import type { Pointer } from '../../files/formats/document.ts';
import type { Edit } from './mapEdit.ts';
import { lineBreakBehind, type Replacement } from './replacement.ts';

/** Edits with the pointer of the header or case from which their paths count. */
export interface PlacedEdits {
  at: Pointer;
  edits: readonly Edit[];
}

/** The replacements that make the edits in a JSON text and touch nothing else. The text must be valid. */
export function editJson(text: string, placed: readonly PlacedEdits[]): Replacement[] {
  const root = parseTree(text);
  if (!root) return [];
  return placed.flatMap(({ at, edits }) => {
    const base = findNodeAtLocation(root, [...at]);
    return base ? edits.flatMap((edit) => replacementFor(text, base, edit)) : [];
  });
}

function replacementFor(text: string, base: Node, edit: Edit): Replacement[] {
  const map = findNodeAtLocation(base, [...edit.path]);
  if (map?.type !== 'object') return [];
  if (edit.op === 'add') return [insertion(text, map, edit.key, edit.value)];
  const name = edit.op === 'rename' ? edit.from : edit.key;
  const [key, value] =
    map.children?.find((property) => property.children?.[0]?.value === name)?.children ?? [];
  const token = edit.op === 'rename' ? key : value;
  if (!token) return [];
  const content = JSON.stringify(edit.op === 'rename' ? edit.to : edit.value);
  return [{ start: token.offset, end: token.offset + token.length, text: content }];
}

/** After the last entry and formatted like it: on its own line, or on the same line. */
function insertion(text: string, map: Node, key: string, value: unknown): Replacement {
  const properties = map.children ?? [];
  const last = properties.at(-1);
  if (!last) {
    const inside = map.offset + 1;
    return { start: inside, end: inside, text: `${JSON.stringify(key)}: ${spaced(value, ' ', ' ')}` };
  }

  const end = last.offset + last.length;
  const before = properties.at(-2);
  const gap = text.slice(before ? before.offset + before.length : map.offset + 1, last.offset);
  const colon = text.slice((last.colonOffset ?? last.offset) + 1, last.children?.[1]?.offset);
  const space = colon.startsWith(' ') ? ' ' : '';
  const pad = /\s/.test(text[map.offset + 1] ?? '') ? space : '';

  // A first entry next to its brace does not show the spacing after a comma.
  const separator = lineBreakBehind(gap) ?? (before ? gap.slice(gap.trimEnd().length) : space);

  return {
    start: end,
    end,
    text: `,${separator}${JSON.stringify(key)}:${space}${spaced(value, space, pad)}`,
  };
}

/** A value on one line, with `space` after colons and commas and `pad` inside braces. */
function spaced(value: unknown, space: string, pad: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => spaced(item, space, pad)).join(`,${space}`)}]`;
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${space}${spaced(item, space, pad)}`,
  );
  return `{${pad}${entries.join(`,${space}`)}${pad}}`;
}
