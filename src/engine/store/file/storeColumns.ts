import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS, SCHEMA_VERSION } from '../migrations/migrations.ts';

type Columns = ReadonlySet<string>;

/** Of each version, when first asked for. */
const known: Columns[] = [];

/**
 * Whether a store has the tables and columns of its version and none of those that came later, so that it can be read and
 * upgraded. Whatever others added to it does not matter.
 */
export function matchesVersion(database: DatabaseSync, version: number): boolean {
  const found = columnsOf(database);
  const expected = columnsIn(version);
  const all = [...expected, ...columnsIn(SCHEMA_VERSION)];
  return all.every((column) => found.has(column) === expected.has(column));
}

function columnsIn(version: number): Columns {
  if (known.length === 0) {
    const database = new DatabaseSync(':memory:');
    known.push(new Set());
    for (const step of MIGRATIONS) {
      database.exec(step);
      known.push(columnsOf(database));
    }
    database.close();
  }
  return known[version] ?? new Set();
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
