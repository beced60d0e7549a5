/** A tag, e.g. `<verdict score="0"/>`, `</td>`, `<parameter=score>`. */
const TAG = /<(\/?[a-z][^\s=/<>]*)([^<>]{0,300})>/gi;
const ATTRIBUTE = /([\w-]*)\s*=\s*(["']?)([^"']*?)\2(?=[\s/]|$)/g;
/** Tags that are labels of what stands in them. */
const LABEL = /^(?!\/).*(?:score|grade|rating|verdict|result|pass)/i;
/** Attributes that name what the tag holds. */
const NAMING = /^(?:name|key|id|)$/i;

/** An argument or a member, e.g. `, score=0` or `, "score": 0`. */
const MEMBER = /[([,]\s*((?:\w+\s*=|["']\w+["']\s*:)\s*["'-]?\w+)/g;

/** What parts the cells of a table. */
const SEPARATORS = [',', ';', '\t', '|'];

/**
 * Words in which tags, arguments of calls, members and tables of one row are written as lines `key: value`, so that
 * what they say of a verdict is read like any other words. What stands in the judged `material` is left as it is.
 */
export function withPlainFields(words: string, material: readonly string[]): string {
  const isJudged = (piece: string) => material.some((text) => text.includes(piece));
  const rows = withPlainTables(words);
  const members = rows.replace(MEMBER, (written, field: string) =>
    isJudged(field) ? written : `\n${field}`,
  );
  return members.replace(TAG, (written, tag: string, inside: string) =>
    isJudged(written) ? written : plainTag(tag, inside),
  );
}

function plainTag(tag: string, inside: string): string {
  let key = tag;
  let text = ' | ';
  for (const [, name = '', , value = ''] of inside.matchAll(ATTRIBUTE)) {
    if (NAMING.test(name)) {
      key = value;
      text += `\n${key}: `;
    } else {
      text += `\n${name === 'value' ? key : name}: ${value}\n`;
    }
  }
  return LABEL.test(tag) && !inside.endsWith('/') ? `${text}\n${tag}: ` : text;
}

/** The row below a header as fields, where it is the only one: several rows are those of several criteria. */
function withPlainTables(words: string): string {
  const lines = words.split('\n').filter((line) => !isRule(line));
  return lines.map((line, at) => plainRow(lines, at) ?? line).join('\n');
}

/** The line below the header of a table. */
function isRule(line: string): boolean {
  return line.includes('|') && !/[\p{L}\p{N}]/u.test(line);
}

function plainRow(lines: readonly string[], at: number): string | undefined {
  for (const separator of SEPARATORS) {
    const [above = [], header = [], row = [], below = []] = [-2, -1, 0, 1].map((offset) =>
      cellsOf(lines[at + offset], separator),
    );
    const isTable = row.length > 1 && header.length === row.length;
    if (isTable && above.length !== row.length && below.length !== row.length)
      return header.map((key, index) => `${key}: ${row[index]}`).join('\n');
  }
  return undefined;
}

function cellsOf(line: string | undefined, separator: string): string[] {
  const plain = line?.replace(/"[^"]*"/g, (quoted) => quoted.replaceAll(separator, ' '));
  return plain?.split(separator) ?? [];
}
