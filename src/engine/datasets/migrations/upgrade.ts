import { FileError, ProblemsError } from '../../errors.ts';
import type { Pointer, SourceDocument } from '../../files/formats/document.ts';
import { parseJson } from '../../files/formats/parseJson.ts';
import { parseYaml } from '../../files/formats/parseYaml.ts';
import { excerpt } from '../../files/text/excerpt.ts';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { datasetFormat, validateDataset } from '../dataset.ts';
import { CURRENT_FORMAT, chooseFormat } from '../formatVersion.ts';
import { editJson, type PlacedEdits } from './editJson.ts';
import { editYaml } from './editYaml.ts';
import { applyEdits, type Edit, undoEdits } from './mapEdit.ts';
import { migrationChain } from './migrationChain.ts';
import { replaceAll } from './replacement.ts';
import type { MigrationStep } from './step.ts';

/** One change of an upgrade, in plain words. */
interface Change {
  /** Undefined for a change of the header. */
  caseId?: string;
  message: string;
}

interface Upgrade {
  text: string;
  changes: Change[];
  from: string;
  to: string;
}

/**
 * Upgrades the text of a dataset to the current format. Changes only the lines that must change; a current dataset is
 * returned unchanged. Throws ProblemsError for an invalid dataset, and FileError if the result would not contain
 * exactly the old content. Writes nothing.
 */
export async function upgradeDataset(source: { path: string; text: string }): Promise<Upgrade> {
  await refuseInvalid(source);
  let records = readRecords(source.path, source.text);
  const from = String(records.header['schema_version'] ?? CURRENT_FORMAT);
  const choice = chooseFormat(from);
  const steps = choice.status === 'known' ? migrationChain(choice.format) : [];
  let { text } = source;
  const changes: Change[] = [];

  for (const step of steps) {
    const edits = editsOf(step, records);
    const next = editText(source.path, text, edits);
    const after = readRecords(source.path, next);
    refuseLoss(source.path, records, after, edits);
    changes.push(...describeChanges(edits, records));
    text = next;
    records = after;
  }

  if (steps.length > 0) await refuseInvalid({ path: source.path, text });
  return { text, changes, from, to: steps.at(-1)?.to ?? from };
}

/** The header and cases of a dataset as written; in JSONL each case has its own line. */
interface Records {
  header: JsonObject;
  cases: JsonObject[];
}

interface RecordEdits {
  header: Edit[];
  cases: Edit[][];
}

async function refuseInvalid(source: { path: string; text: string }): Promise<void> {
  const problems = await validateDataset(source);
  if (problems.some((problem) => problem.severity === 'error')) throw new ProblemsError(problems);
}

/** The records of a valid dataset, in their own format version. */
export function readRecords(path: string, text: string): Records {
  if (datasetFormat(path) !== 'jsonl') {
    const { test_cases, ...header } = asMap(parseWhole(path, text).value);
    return { header, cases: Array.isArray(test_cases) ? test_cases.map(asMap) : [] };
  }
  const maps = filledLines(text).map(({ content, line }) => asMap(parseJson(content, path, { line }).value));
  const [first, ...rest] = maps;
  return first && 'schema_version' in first ? { header: first, cases: rest } : { header: {}, cases: maps };
}

function parseWhole(path: string, text: string): SourceDocument {
  return datasetFormat(path) === 'yaml' ? parseYaml(text, path) : parseJson(text, path);
}

function asMap(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}

function editsOf(step: MigrationStep, records: Records): RecordEdits {
  return { header: step.header(records.header), cases: records.cases.map((testCase) => step.case(testCase)) };
}

function editText(path: string, text: string, edits: RecordEdits): string {
  const format = datasetFormat(path);
  if (format === 'jsonl') return editLines(text, edits);
  const at = (index: number): Pointer => ['test_cases', index];
  const placed: PlacedEdits[] = [
    { at: [], edits: edits.header },
    ...edits.cases.map((caseEdits, index) => ({ at: at(index), edits: caseEdits })),
  ];
  return replaceAll(text, format === 'yaml' ? editYaml(text, path, placed) : editJson(text, placed));
}

function editLines(text: string, edits: RecordEdits): string {
  const lines = text.split('\n');
  // A file without a header has the current format, so there always is one here.
  for (const [index, { content, line }] of filledLines(text).entries()) {
    const lineEdits = index === 0 ? edits.header : (edits.cases[index - 1] ?? []);
    const edited = replaceAll(content, editJson(content, [{ at: [], edits: lineEdits }]));
    lines[line - 1] = edited + (lines[line - 1] ?? '').slice(content.length);
  }
  return lines.join('\n');
}

/** Lines that are not blank, counted from 1, without a carriage return at their end. */
export function filledLines(text: string): { content: string; line: number }[] {
  return text
    .split('\n')
    .map((content, index) => ({ content: content.replace(/\r$/, ''), line: index + 1 }))
    .filter(({ content }) => content.trim() !== '');
}

/** The new text must contain the edited content, and undoing the edits must restore the old content. */
function refuseLoss(path: string, before: Records, after: Records, edits: RecordEdits): void {
  const isSame = (a: JsonObject | undefined, b: JsonObject) =>
    a !== undefined && canonicalJson(a) === canonicalJson(b);
  const isKept = (old: JsonObject, now: JsonObject | undefined, own: readonly Edit[]) =>
    isSame(now, applyEdits(old, own)) && now !== undefined && isSame(old, undoEdits(now, own));
  const lost = before.cases.findIndex(
    (old, index) => !isKept(old, after.cases[index], edits.cases[index] ?? []),
  );

  const isWhole =
    before.cases.length === after.cases.length && isKept(before.header, after.header, edits.header);
  if (isWhole && lost < 0) return;

  const where = lost < 0 ? 'the header' : `the case '${excerpt(String(before.cases[lost]?.['id']))}'`;
  throw new FileError(`${where} cannot be upgraded in place without changing other parts of the file`, {
    where: { path },
    remedy: 'Write out its anchors, aliases and merges, then upgrade again. The file was not changed.',
  });
}

function describeChanges(edits: RecordEdits, records: Records): Change[] {
  const cases = edits.cases.flatMap((own, index) => {
    const caseId = String(records.cases[index]?.['id']);
    return own.map((edit) => ({ caseId, message: describe(edit) }));
  });
  return [...edits.header.map((edit) => ({ message: describe(edit) })), ...cases];
}

function describe(edit: Edit): string {
  const path = (key: string) => [...edit.path, key].join('.');
  switch (edit.op) {
    case 'rename':
      return `rename ${path(edit.from)} to ${edit.to}`;
    case 'set':
      return `change ${path(edit.key)} from ${String(edit.before)} to ${String(edit.value)}`;
    case 'add':
      return `add ${path(edit.key)}: ${typeof edit.value === 'string' ? edit.value : JSON.stringify(edit.value)}`;
  }
}
