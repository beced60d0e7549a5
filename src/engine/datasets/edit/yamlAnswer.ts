import { isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { composeYaml } from '../../files/formats/parseYaml.ts';
import { LineIndex } from '../../files/text/lineIndex.ts';
import { toYaml } from '../import/writeDataset.ts';
import { editYaml, findPair } from '../migrations/editYaml.ts';
import type { Edit } from '../migrations/mapEdit.ts';
import type { Replacement } from '../migrations/replacement.ts';

/** Stands for the answer while its entry is laid out; safe in any kind of quotes, and without them. */
const PLACEHOLDER = 'touchstone-answer-placeholder';

/**
 * The ways to write an answer into a YAML dataset, the most readable first. Which of them reads back correctly depends
 * on the surroundings, such as a comment after the old value; the caller tries them in turn.
 */
export function* yamlAnswers(
  { path, text }: { path: string; text: string },
  index: number,
  edit: Edit,
): Iterable<Replacement[]> {
  if (edit.op === 'rename') return;
  const answer = String(edit.key === 'answer' ? edit.value : (edit.value as { answer: string }).answer);
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';

  if (edit.op === 'add') {
    const value = edit.key === 'answer' ? PLACEHOLDER : { answer: PLACEHOLDER };
    const made = editYaml(text, path, [{ at: ['test_cases', index], edits: [{ ...edit, value }] }]);
    for (const written of [plainOf(answer), JSON.stringify(answer)])
      yield made.map((one) => ({ ...one, text: one.text.replace(QUOTED_PLACEHOLDER, () => written) }));
    return;
  }

  const lines = new LineIndex(path, text);
  const found = findAnswer(composeYaml(text, lines).contents, index);
  if (!found) return;

  const { scalar, keyStart } = found;
  const [start, end] = scalar.range ?? [0, 0];
  const isBlock = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
  const comment = isBlock ? headerComment(text.slice(start, end)) : '';
  const indent = found.inFlow ? undefined : ' '.repeat(lines.location(keyStart).column - 1);

  for (const written of writings(answer, scalar, indent, lineBreak)) {
    const body = written.replace(/\r?\n$/, '').replace(/^[^\r\n]*/, (first) => first + comment);
    yield [{ start, end, text: isBlock ? body + lineBreak : body }];
  }
}

/** ` # why` after the `|-` of a block; empty if there is none. */
function headerComment(block: string): string {
  return /^[^\s#]+([ \t]+#[^\r\n]*)/.exec(block)?.[1] ?? '';
}

const QUOTED_PLACEHOLDER = new RegExp(`(["']?)${PLACEHOLDER}\\1`);

/** In the quotes that were there, then as one would write it anew, then in a form that is always possible. */
function* writings(
  answer: string,
  { type }: Scalar,
  indent: string | undefined,
  lineBreak: string,
): Iterable<string> {
  if (type === 'QUOTE_SINGLE' && !/[\r\n]/.test(answer)) yield `'${answer.replaceAll("'", "''")}'`;
  if (type !== 'QUOTE_DOUBLE' && indent !== undefined) {
    const [first = '', ...rest] = toYaml({ a: answer }).slice('a: '.length).split('\n');
    yield [first, ...rest.map((line) => (line === '' ? '' : indent + line))].join(lineBreak);
  }
  yield JSON.stringify(answer);
}

/** Unquoted if the text is a few plain words that YAML would not read as a number or boolean. */
function plainOf(answer: string): string {
  return /^[A-Za-z][A-Za-z ]*[A-Za-z]$/.test(answer) && toYaml({ a: answer }) === `a: ${answer}\n`
    ? answer
    : JSON.stringify(answer);
}

function findAnswer(
  root: ParsedNode | null,
  index: number,
): { scalar: Scalar; keyStart: number; inFlow: boolean } | undefined {
  const list = findPair(root, 'test_cases')?.value ?? null;
  const entry = isSeq(list) ? ((list.items[index] as ParsedNode | undefined) ?? null) : null;
  const expected = findPair(entry, 'expected_output')?.value ?? null;
  const pair = findPair(expected, 'answer');
  if (!pair || !isScalar(pair.value)) return undefined;
  const around = [root, list, entry, expected];
  const inFlow = around.some((node) => (isMap(node) || isSeq(node)) && (node as YAMLMap | YAMLSeq).flow);
  return { scalar: pair.value, keyStart: pair.key.range[0], inFlow };
}
