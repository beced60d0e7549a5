import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import { defined } from '../../../model/defined.ts';
import type { EvaluatorSpec } from '../../../model/evaluation.ts';
import type { EvaluatorDeps } from '../../evaluator.ts';
import type { SqlOptions } from './sqlOption.ts';

/**
 * Runs in the process of modules, in the workspace's folder: `node-sql-parser` as it is installed there, or beside a
 * promptfoo that is. It is asked as promptfoo asks it.
 */
const SOURCE = `
import { createRequire } from 'node:module';
import { join } from 'node:path';

const NAME = 'node-sql-parser';
function load() {
  const require = createRequire(join(process.cwd(), 'package.json'));
  try {
    return require(NAME);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return createRequire(require.resolve('promptfoo'))(NAME);
  }
}

export function readSql(texts, { databaseType, allowedTables, allowedColumns }) {
  let Parser;
  try {
    ({ Parser } = load());
  } catch (error) {
    return { missing: String(error.message).split('\\n')[0] };
  }
  const parser = new Parser();
  const complaint = (ask) => {
    try {
      ask();
    } catch (error) {
      const place = error.location?.start;
      return (place ? place.line + ':' + place.column + ': ' : '') + String(error.message).slice(0, 300);
    }
  };
  const option = (type) => ({ database: databaseType, ...(type && { type }) });
  const allows = (text, list, type) => list && complaint(() => parser.whiteListCheck(text, list, option(type)));
  return {
    texts: texts.map((text) => ({
      syntax: complaint(() => parser.astify(text, option())) ?? null,
      tables: allows(text, allowedTables, 'table') ?? null,
      columns: allows(text, allowedColumns, 'column') ?? null,
    })),
  };
}
`;

const reading = z.object({
  syntax: z.string().nullable(),
  tables: z.string().nullable(),
  columns: z.string().nullable(),
});

const answer = z.union([z.object({ missing: z.string() }), z.object({ texts: z.array(reading) })]);

/** What the parser complains of in each text: its syntax, its tables, its columns. Null where it does not. */
export type SqlReading = z.infer<typeof reading>;

export type SqlReader = (texts: readonly string[], signal: AbortSignal) => Promise<SqlReading[] | string>;

/**
 * Asks `node-sql-parser`, of 90 MB on disk too large to come along, where the workspace has it. The reader gives a text
 * where it is not installed. Throws ConfigError where code of the workspace is not trusted to run.
 */
export function createSqlReader(
  spec: EvaluatorSpec,
  { databaseType, allowedTables, allowedColumns }: SqlOptions,
  { scripts }: Pick<EvaluatorDeps, 'scripts'>,
): SqlReader {
  if (!scripts) {
    throw new ConfigError(`the evaluator "${spec.name}" uses node-sql-parser, which is not trusted to run`, {
      where: spec.location,
      remedy: 'It is loaded from the node_modules of the workspace: run with --trust.',
    });
  }

  const file = `data:text/javascript,${encodeURIComponent(SOURCE)}`;
  const context = {
    databaseType,
    ...defined({ allowedTables }),
    ...(allowedColumns ? { allowedColumns: withoutTables(allowedColumns) } : {}),
  };

  return async (texts, signal) => {
    const given = answer.parse(
      await scripts.modules.run(
        { kind: 'module', file, name: 'readSql', args: [[...texts], context] },
        { signal },
      ),
    );
    return 'texts' in given
      ? given.texts
      : `node-sql-parser is not installed in the workspace (${given.missing}): npm install --save-dev node-sql-parser`;
  };
}

/** `select::orders::id` also allows `id` where the statement does not say the table. */
function withoutTables(columns: readonly string[]): string[] {
  const bare = columns.flatMap((column) => {
    const [action, table, name, ...more] = column.split('::');
    return name === undefined || more.length > 0 || table === 'null' ? [] : [`${action}::null::${name}`];
  });
  return [...new Set([...columns, ...bare])];
}
