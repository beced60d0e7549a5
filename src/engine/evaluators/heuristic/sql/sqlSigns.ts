const WORD = '[A-Za-z_][A-Za-z0-9_]*';
const PLACEHOLDER = ' ? ';
const MYSQL_FAMILY = ['MySQL', 'MariaDB'];
const WITH_BRACKETS = ['TransactSQL', 'Sqlite'];

/**
 * Signs of SQL that the parser lets pass and no database takes, as promptfoo looks for them: nothing at all, an open
 * back-tick, two names before FROM without a comma, and in MySQL generate_series. Undefined where there is none.
 */
export function sqlComplaint(text: string, databaseType: string): string | undefined {
  const sql = text.trim();
  if (sql === '') return 'it contains no statement';
  if ((sql.match(/`/g)?.length ?? 0) % 2 !== 0) return 'a backtick is not closed';

  const modifiers = MYSQL_FAMILY.includes(databaseType)
    ? '(?:all|distinct(?:row)?|high_priority|straight_join|sql_(?:big_result|buffer_result|cache|calc_found_rows|no_cache|small_result))'
    : '(?:all|distinct)';
  const missingComma = new RegExp(
    `\\bselect\\s+(?:${modifiers}\\s+)*(?!${modifiers}\\b)${WORD}\\s+${WORD}\\s+from\\b`,
    'i',
  );
  if (missingComma.test(bare(sql, databaseType))) return 'a comma is missing before FROM';
  if (databaseType === 'MySQL' && /\bgenerate_series\s*\(/i.test(sql)) return 'MySQL has no generate_series';

  return undefined;
}

/** The statement without its comments, with a placeholder for each quoted name and text. */
function bare(sql: string, databaseType: string): string {
  const quotes = WITH_BRACKETS.includes(databaseType) ? '\'"`[' : '\'"`';
  let kept = '';
  let from = 0;
  for (let at = 0; at < sql.length; ) {
    const skipped = skip(sql, at, quotes);
    if (!skipped) at++;
    else {
      kept += sql.slice(from, at) + skipped.instead;
      from = skipped.end;
      at = skipped.end;
    }
  }

  return kept + sql.slice(from);
}

function skip(sql: string, at: number, quotes: string): { end: number; instead: string } | undefined {
  const char = sql.charAt(at);
  if (quotes.includes(char)) return { end: quotedEnd(sql, at), instead: PLACEHOLDER };
  if (char === '#' || sql.startsWith('--', at)) return { end: lineEnd(sql, at), instead: ' ' };
  if (sql.startsWith('/*', at)) return { end: endOf(sql, '*/', at + 2), instead: ' ' };
  if (char !== '$') return undefined;

  const delimiter = /\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$/y;
  delimiter.lastIndex = at;
  const [opened] = delimiter.exec(sql) ?? [];

  return opened === undefined
    ? undefined
    : { end: endOf(sql, opened, at + opened.length), instead: PLACEHOLDER };
}

/** A doubled quote is one within; so is one behind a backslash. */
function quotedEnd(sql: string, start: number): number {
  const close = sql[start] === '[' ? ']' : sql.charAt(start);
  for (let at = start + 1; at < sql.length; at++) {
    if (close !== ']' && sql[at] === '\\') at++;
    else if (sql[at] === close) {
      if (sql[at + 1] !== close) return at + 1;
      at++;
    }
  }
  return sql.length;
}

function lineEnd(sql: string, at: number): number {
  const end = /[\r\n]/g;
  end.lastIndex = at;
  return end.exec(sql)?.index ?? sql.length;
}

function endOf(sql: string, delimiter: string, from: number): number {
  const at = sql.indexOf(delimiter, from);
  return at < 0 ? sql.length : at + delimiter.length;
}
