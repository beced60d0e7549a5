import type { Pointer } from '../../../files/formats/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';

interface Columns {
  rows: JsonObject[];
  /** The location of the first cell of a row. */
  place(row: number): Pointer;
}

/**
 * The rows of a table stored by columns: `{ input: [a, b], target: [c, d] }`, or pandas' `{ input: { "0": a, "1": b },
 * … }`. Undefined for anything else.
 */
export function readColumns(value: JsonValue): Columns | undefined {
  if (!isJsonObject(value)) return undefined;
  const columns = Object.entries(value).map(([name, cells]) => ({ name, cells: asCells(cells) }));
  const [first] = columns;
  const count = first?.cells?.size ?? 0;
  if (!first?.cells || count === 0 || columns.length < 2) return undefined;

  const keys = [...first.cells.keys()];
  if (!columns.every(({ cells }) => cells?.size === count && keys.every((key) => cells.has(key))))
    return undefined;

  return {
    rows: keys.map((key) =>
      Object.fromEntries(columns.map(({ name, cells }) => [name, cells?.get(key) ?? null])),
    ),
    place: (row) => [first.name, keys[row] ?? 0],
  };
}

/** The cells of a column by their row. */
function asCells(value: JsonValue): Map<string | number, JsonValue> | undefined {
  if (Array.isArray(value)) return new Map(value.entries());
  if (!isJsonObject(value)) return undefined;
  const entries = Object.entries(value);
  return entries.every(([key]) => /^\d+$/.test(key)) ? new Map(entries) : undefined;
}
