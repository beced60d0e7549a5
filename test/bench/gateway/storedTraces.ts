import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';

/** Traces in a workspace of which a span says how many tokens came. */
export function storedTraces(workspace: string): number {
  const file = traceStorePath(workspace);
  if (!existsSync(file)) return 0;
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database
    .prepare(
      `SELECT count(DISTINCT trace_id) AS traces FROM spans
       WHERE json_extract(body, '$.attributes."gen_ai.usage.output_tokens"') > 0`,
    )
    .get();
  database.close();
  return Number(row?.['traces'] ?? 0);
}
