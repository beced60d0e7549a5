import { DatabaseSync } from 'node:sqlite';
import { type StoreFormat, versionOf } from './storeFormat.ts';

type Columns = ReadonlySet<string>;

/** Of each version, when first asked for. */
const known = new Map<StoreFormat, Columns[]>();

/**
 * Whether a store has the tables and columns of its version and none of those that came later, so that it can be read and
 * upgraded. Whatever others added to it does not matter.
 */
export function matchesVersion(database: DatabaseSync, format: StoreFormat, version: number): boolean {
  const found = columnsOf(database);
  const expected = columnsIn(format, version);
  const all = [...expected, ...columnsIn(format, versionOf(format))];
  return all.every((column) => found.has(column) === expected.has(column));
}

function columnsIn(format: StoreFormat, version: number): Columns {
  const columns = known.get(format) ?? columnsOfVersions(format);
  known.set(format, columns);
  return columns[version] ?? new Set();
}

function columnsOfVersions({ migrations }: StoreFormat): Columns[] {
  const database = new DatabaseSync(':memory:');
  const columns: Columns[] = [new Set()];
  for (const step of migrations) {
    database.exec(step);
    columns.push(columnsOf(database));
  }
  database.close();
  return columns;
}

/** As `table.column`. */
function columnsOf(database: DatabaseSync): Columns {
  const rows = database
    .prepare(
      `SELECT t.name || '.' || c.name AS name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'`,
    )
    .all();
  return new Set(rows.map((row) => String(row['name'])));
}
