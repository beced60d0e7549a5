import type { SpanRow } from '../../protocol/traceRow.ts';

/** What a person looks for in a trace: words that its lines must contain. */
export interface RowFilter {
  text: string;
  errorsOnly: boolean;
}

/** The lines that can be seen, of all of a trace in their order: none below a closed one; those that match, with what is above them. */
export function visibleRows(
  rows: readonly SpanRow[],
  closed: ReadonlySet<string>,
  filter: RowFilter,
): readonly SpanRow[] {
  const matching = filter.text.trim() === '' && !filter.errorsOnly ? null : matchingIds(rows, filter);
  if (!matching && closed.size === 0) return rows;

  const shown: SpanRow[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    if (!row || (matching && !matching.has(row.id))) continue;
    shown.push(row);
    // What is found is shown, whatever is closed above it.
    if (!matching && closed.has(row.id)) index += row.below;
  }
  return shown;
}

/** All lines with something below them, so that only the top is left to see. */
export function closable(rows: readonly SpanRow[]): Set<string> {
  return new Set(rows.filter(({ children }) => children > 0).map(({ id }) => id));
}

/** Those above a line, which must be open for it to be seen. */
export function idsAbove(rows: readonly SpanRow[], id: string): string[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const above: string[] = [];
  for (let row = byId.get(id); row?.parent != null && above.length < rows.length; ) {
    above.push(row.parent);
    row = byId.get(row.parent);
  }
  return above;
}

function matchingIds(rows: readonly SpanRow[], { text, errorsOnly }: RowFilter): Set<string> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ids = new Set<string>();
  for (const row of rows) {
    if (errorsOnly && row.error === null) continue;
    const haystack =
      `${row.title}\n${row.role}\n${row.model ?? ''}\n${row.service}\n${row.error ?? ''}\n${row.id}`.toLowerCase();
    if (!words.every((word) => haystack.includes(word))) continue;
    for (let at: SpanRow | undefined = row; at && !ids.has(at.id); at = byId.get(at.parent ?? ''))
      ids.add(at.id);
  }
  return ids;
}
