import { FileError, ProblemsError } from '../errors.ts';
import { excerpt } from '../files/excerpt.ts';
import { canonicalJson, isJsonObject, type JsonObject } from '../model/json.ts';
import { datasetFormat, validateDataset } from './dataset.ts';
import { applyEdits, type Edit } from './migrations/edit.ts';
import { editJson } from './migrations/editJson.ts';
import { replaceAll } from './migrations/replacement.ts';
import { filledLines, readRecords } from './upgrade.ts';
import { yamlAnswers } from './yamlAnswer.ts';

/**
 * Makes `answer` the reference answer of a case: `expected_output.answer` is set, or added where there is
 * none. Everything else of the text stays, comments included. The version stays too: which part of it has to
 * grow depends on all that changed. Throws ProblemsError for an invalid dataset, and FileError when there is no
 * such case or the text cannot be edited without changing something else. Writes nothing.
 */
export async function expectAnswer(
  source: { path: string; text: string },
  caseId: string,
  answer: string,
): Promise<{ text: string }> {
  await refuseInvalid(source);
  const records = readRecords(source.path, source.text);
  const index = records.cases.findIndex(({ id }) => id === caseId);
  const before = records.cases[index];
  if (!before) throw noSuchCase(source.path, caseId);
  const edit = answerEdit(before, answer);
  const after = applyEdits(before, [edit]);
  const wanted = { ...records, cases: records.cases.with(index, after) };
  for (const text of editedTexts(source, index, edit, 'schema_version' in records.header)) {
    if (canonicalJson(readAgain(source.path, text)) !== canonicalJson(wanted)) continue;
    await refuseInvalid({ path: source.path, text });
    return { text };
  }
  throw new FileError(`the case '${excerpt(caseId)}' cannot be edited without changing something else`, {
    where: { path: source.path },
    remedy: 'Write its expected_output as a plain map. The file is unchanged.',
  });
}

function answerEdit(before: JsonObject, answer: string): Edit {
  const expected = before['expected_output'];
  if (!isJsonObject(expected)) return { op: 'add', path: [], key: 'expected_output', value: { answer } };
  const path = ['expected_output'];
  const old = expected['answer'];
  return old === undefined
    ? { op: 'add', path, key: 'answer', value: answer }
    : { op: 'set', path, key: 'answer', value: answer, before: old };
}

/** The text with the edit, written as its neighbours are; the next one where that does not read back right. */
function* editedTexts(
  source: { path: string; text: string },
  index: number,
  edit: Edit,
  hasHeader: boolean,
): Iterable<string> {
  const { path, text } = source;
  switch (datasetFormat(path)) {
    case 'yaml':
      for (const replacements of yamlAnswers(source, index, edit)) yield replaceAll(text, replacements);
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

/** Undefined for a text that is no dataset any more. */
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
    remedy: 'It was renamed or removed since the run: run the suite again.',
  });
}
