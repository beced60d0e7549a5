import { FileError, ProblemsError } from '../../errors.ts';
import { excerpt } from '../../files/text/excerpt.ts';
import { canonicalJson, type JsonObject } from '../../model/json.ts';
import { datasetFormat, validateDataset } from '../dataset.ts';
import { editJson } from '../migrations/editJson.ts';
import { applyEdits, type Edit } from '../migrations/mapEdit.ts';
import { type Replacement, replaceAll } from '../migrations/replacement.ts';
import { filledLines, readRecords } from '../migrations/upgrade.ts';

/** The ways to write an edit of the case at `index` into a YAML dataset, the best looking first. */
export type YamlWritings = (
  source: { path: string; text: string },
  index: number,
  edit: Edit,
) => Iterable<Replacement[]>;

/**
 * Makes one edit to one case of a dataset. The rest of the text is preserved, comments included; so is the version,
 * because the required bump depends on all changes. Throws ProblemsError for an invalid dataset, and FileError if
 * there is no such case or if the text cannot be edited without changing other parts. Writes nothing.
 */
export async function editCase(
  source: { path: string; text: string },
  caseId: string,
  editOf: (before: JsonObject) => Edit,
  yaml: YamlWritings,
): Promise<{ text: string }> {
  await refuseInvalid(source);
  const records = readRecords(source.path, source.text);
  const index = records.cases.findIndex(({ id }) => id === caseId);
  const before = records.cases[index];
  if (!before) throw noSuchCase(source.path, caseId);

  const edit = editOf(before);
  const after = applyEdits(before, [edit]);
  const wanted = { ...records, cases: records.cases.with(index, after) };

  for (const text of editedTexts(source, index, edit, 'schema_version' in records.header, yaml)) {
    if (canonicalJson(readAgain(source.path, text)) !== canonicalJson(wanted)) continue;
    await refuseInvalid({ path: source.path, text });
    return { text };
  }

  throw new FileError(
    `the case '${excerpt(caseId)}' cannot be edited without changing other parts of the file`,
    {
      where: { path: source.path },
      remedy: `Write its ${edit.path[0] ?? ('key' in edit ? edit.key : edit.to)} as a plain map. The file was not changed.`,
    },
  );
}

/**
 * Candidate texts with the edit, formatted like their neighbours; the next is tried if one does not read back
 * correctly.
 */
function* editedTexts(
  source: { path: string; text: string },
  index: number,
  edit: Edit,
  hasHeader: boolean,
  yaml: YamlWritings,
): Iterable<string> {
  const { path, text } = source;
  switch (datasetFormat(path)) {
    case 'yaml':
      for (const replacements of yaml(source, index, edit)) yield replaceAll(text, replacements);
      return;
    case 'json':
      yield replaceAll(text, editJson(text, [{ at: ['test_cases', index], edits: [edit] }]));
      return;
    case 'jsonl':
      yield editLine(text, hasHeader ? index + 1 : index, edit);
  }
}

/** `index` counts filled lines, the header's too. */
function editLine(text: string, index: number, edit: Edit): string {
  const filled = filledLines(text);
  const found = filled[index];
  if (!found) return text;
  const lines = text.split('\n');
  const edited = replaceAll(found.content, editJson(found.content, [{ at: [], edits: [edit] }]));
  lines[found.line - 1] = edited + (lines[found.line - 1] ?? '').slice(found.content.length);
  return lines.join('\n');
}

/** Undefined if the text is no longer a dataset. */
function readAgain(path: string, text: string): ReturnType<typeof readRecords> | null {
  try {
    return readRecords(path, text);
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}

async function refuseInvalid(source: { path: string; text: string }): Promise<void> {
  const problems = await validateDataset(source);
  if (problems.some(({ severity }) => severity === 'error')) throw new ProblemsError(problems);
}

function noSuchCase(path: string, caseId: string): FileError {
  return new FileError(`the dataset has no case '${excerpt(caseId)}'`, {
    where: { path },
    remedy: 'It was renamed or removed after the run. Run the suite again.',
  });
}
