import { existsSync } from 'node:fs';
import path from 'node:path';
import { CURRENT_FORMAT } from '../../datasets/formatVersion.ts';
import { UserError } from '../../errors.ts';
import { nearest } from '../../evaluators/options/optionCheck.ts';
import { evaluatorTypes } from '../../evaluators/registry.ts';
import { resolveInside } from '../../files/confine.ts';
import type { Problem } from '../../model/problem.ts';
import type { LanguageFile } from '../languageFile.ts';
import { type FileEdit, type Fix, replacementAt, textAt, unquoted } from './fix.ts';
import { newFileText } from './newFile.ts';

/** The fixes of one problem, the most likely first. */
export function fixesOf(file: LanguageFile, problem: Problem): Fix[] {
  switch (problem.code) {
    case 'near-miss-field':
    case 'unknown-key':
      return rename(file, problem);
    case 'missing-file':
      return [...rename(file, problem), ...create(file, problem)];
    case 'unknown-provider':
      return rename(file, problem);
    case 'duplicate-case-id':
      return freshId(file, problem);
    case 'invalid-evaluator':
      return otherEvaluator(file, problem);
    case 'unknown-schema':
    case 'newer-schema':
      return edit(
        problem,
        `Set schema_version to ${CURRENT_FORMAT}`,
        replacementAt(file, problem, CURRENT_FORMAT),
      );
    case 'missing-field':
      return addSchemaVersion(file, problem);
    default:
      return [];
  }
}

function edit(problem: Problem, title: string, change: FileEdit | undefined): Fix[] {
  return change ? [{ title, problem, change: { kind: 'edits', edits: [change] }, preferred: true }] : [];
}

function rename(file: LanguageFile, problem: Problem): Fix[] {
  const { meant } = problem;
  return meant === undefined
    ? []
    : edit(problem, `Change to "${meant}"`, replacementAt(file, problem, meant));
}

/** The id with the lowest number appended that makes it unique. */
function freshId(file: LanguageFile, problem: Problem): Fix[] {
  const id = unquoted(textAt(file, problem));
  if (id === '') return [];
  const taken = new Set(file.cases.map((place) => place.id));
  const stem = id.replace(/-\d{1,3}$/, '');
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number++;
  const fresh = `${stem}-${number}`;
  return edit(problem, `Change the id to "${fresh}"`, replacementAt(file, problem, fresh));
}

function otherEvaluator(file: LanguageFile, problem: Problem): Fix[] {
  const written = textAt(file, problem);
  const match = /^(\{?\s*["']?)(not-)?([\w:-]*[\w-])/.exec(written);
  const [, lead = '', not = '', type = ''] = match ?? [];
  const { location } = problem;
  if (type === '' || location.endLine === undefined) return [];

  const column = location.column + lead.length + not.length;
  return nearest(type, evaluatorTypes().keys())
    .filter((guess) => guess !== type)
    .map((guess, index) => ({
      title: `Change to "${not}${guess}"`,
      problem,
      change: {
        kind: 'edits',
        edits: [
          {
            line: location.line,
            column,
            endLine: location.line,
            endColumn: column + type.length,
            text: guess,
          },
        ],
      },
      preferred: index === 0,
    }));
}

/** Only for a dataset without a schema version. */
function addSchemaVersion(file: LanguageFile, problem: Problem): Fix[] {
  const isHeader = file.kind === 'dataset' && !/^[ \t{]*["']?schema_version\b/m.test(file.text);
  if (!isHeader || file.format !== 'yaml' || problem.location.column !== 1) return [];
  const { line } = problem.location;
  const text = `schema_version: ${CURRENT_FORMAT}${file.text.includes('\r\n') ? '\r\n' : '\n'}`;
  return edit(problem, `Add schema_version ${CURRENT_FORMAT}`, {
    ...{ line, column: 1, endLine: line, endColumn: 1 },
    text,
  });
}

function create(file: LanguageFile, problem: Problem): Fix[] {
  const reference = unquoted(textAt(file, problem));
  if (reference === '' || /[*?{}]/.test(reference)) return [];
  try {
    const base = path.dirname(file.absolute);
    const target = resolveInside(file.root, reference, { path: file.path }, { base });
    const text = existsSync(target) ? undefined : newFileText(target);
    if (text === undefined) return [];
    const change = { kind: 'create', path: target, text } as const;
    return [{ title: `Create "${reference}"`, problem, change, preferred: problem.meant === undefined }];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
