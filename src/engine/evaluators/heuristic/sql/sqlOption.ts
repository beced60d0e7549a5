import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../../model/json.ts';
import type { AssertionParts } from '../../evaluator.ts';

const names = z.array(z.string().min(1)).min(1).optional();

/** Options of the evaluators that read SQL, named as in promptfoo. */
export const sqlOption = z.strictObject({
  databaseType: z
    .string()
    .min(1)
    .default('MySQL')
    .describe(
      'The dialect, by its name in node-sql-parser: MySQL, MariaDB, PostgreSQL, Sqlite, TransactSQL, BigQuery, Snowflake, … Default: MySQL.',
    ),
  allowedTables: names.describe(
    'Allowed operations on tables, as patterns: select::null::orders, (select|update)::null::.*',
  ),
  allowedColumns: names.describe(
    'Allowed operations on columns, as patterns: select::orders::id, select::null::name',
  ),
});

export type SqlOptions = z.infer<typeof sqlOption>;

export function sqlFromAssertion({ value }: AssertionParts): JsonObject {
  if (value === undefined || value === null || value === '') return {};
  return isJsonObject(value) ? value : { value };
}
