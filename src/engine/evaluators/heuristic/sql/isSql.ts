import type { Score } from '../../../model/evaluation.ts';
import { counted } from '../../../model/figures.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { binary, unmeasured } from '../../score.ts';
import { type SqlOptions, sqlFromAssertion, sqlOption } from './sqlOption.ts';
import { createSqlReader, type SqlReading } from './sqlParser.ts';
import { sqlComplaint } from './sqlSigns.ts';

/** Longer texts are no statement that a model writes, and the parser needs time for them. */
const MAX_LENGTH = 100_000;

export const isSql: EvaluatorDefinition<SqlOptions> = {
  type: 'is-sql',
  stage: 'heuristic',
  summary:
    'The whole output is valid SQL in the given dialect, on the allowed tables and columns. Requires the package node-sql-parser in the workspace.',
  options: sqlOption,
  fromAssertion: sqlFromAssertion,
  create(spec, options, deps) {
    const read = createSqlReader(spec, options, deps);
    return async ({ output }, { signal }) => {
      if (tooLong(output.text)) return unmeasured(TOO_LONG);
      const readings = await read([output.text], signal);
      if (typeof readings === 'string') return unmeasured(readings);
      return sqlScore(output.text, readings[0], options);
    };
  },
};

export const TOO_LONG = `the output has more than ${counted(MAX_LENGTH, 'character')}`;

export function tooLong(text: string): boolean {
  return text.length > MAX_LENGTH;
}

/** The verdict on one text. */
export function sqlScore(
  text: string,
  read: SqlReading | undefined,
  { databaseType }: Pick<SqlOptions, 'databaseType'>,
): Score {
  if (!read) return unmeasured('node-sql-parser returned no result');
  if (read.syntax?.endsWith('is not supported currently'))
    return unmeasured(`node-sql-parser does not support the dialect "${databaseType}"`);
  const wrong = sqlComplaint(text, databaseType) ?? read.syntax;
  if (wrong !== null) return binary(false, `not valid ${databaseType}: ${wrong}`);
  if (read.tables !== null)
    return binary(false, `this access to tables is not allowed: ${authority(read.tables)}`);
  if (read.columns !== null)
    return binary(false, `this access to columns is not allowed: ${authority(read.columns)}`);
  return binary(true, `valid ${databaseType}`);
}

/** What the parser misses: `select::null::orders`. */
function authority(complaint: string): string {
  return /^authority = '(.*?)' is required/s.exec(complaint)?.[1] ?? complaint;
}
