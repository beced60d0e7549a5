import path from 'node:path';
import { checkDatasetText, openDataset, validateDatasetFile } from '../datasets/dataset.ts';
import { ConfigError, ProblemsError, UserError } from '../errors.ts';
import { dryCheck } from '../evaluators/dryCheck.ts';
import { checkPattern } from '../evaluators/patterns/patternMatcher.ts';
import { parseAssertion } from '../evaluators/specs/specs.ts';
import { UnsupportedEvaluatorError } from '../evaluators/specs/unsupported.ts';
import { readText } from '../files/readText.ts';
import type { LocatedCase } from '../model/case.ts';
import { defined } from '../model/defined.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Problem } from '../model/problem.ts';
import type { Environment } from '../ports.ts';
import { detectFormat } from '../prompts/detectFormat.ts';
import { parsePrompt } from '../prompts/parsePrompt.ts';
import { workspacePath } from './config/fileReference.ts';

export interface ValidateOptions {
  /** Absolute real path of the workspace. */
  root: string;
  environment: Environment;
  signal: AbortSignal;
}

/**
 * Every problem of one prompt or golden dataset, by its absolute path; what it is follows from its name. With
 * `text`, of that text in its place, as it stands in an editor.
 */
export async function validateFile(
  file: string,
  options: ValidateOptions,
  text?: string,
): Promise<readonly Problem[]> {
  try {
    if (detectFormat(file) !== undefined || (text === undefined && isText(file)))
      return validatePrompt(file, options, text);
    if (text !== undefined) return await validateText({ path: workspacePath(options.root, file), text });
    const problems = await validateDatasetFile(file, options);
    return problems.some(({ severity }) => severity === 'error')
      ? problems
      : [...problems, ...(await assertionProblems((await openDataset(file, options)).batches(options)))];
  } catch (error) {
    return problemsOf(error, workspacePath(options.root, file));
  }
}

function validatePrompt(file: string, { root, environment }: ValidateOptions, text?: string): Problem[] {
  const source = { path: workspacePath(root, file), text: text ?? readText(file) };
  const format = detectFormat(file, { plain: true });
  return parsePrompt(source, { root, environment, ...defined({ format }) }).unresolved ?? [];
}

/** A text that a suite may name as a prompt; no dataset is called so. */
function isText(file: string): boolean {
  return detectFormat(file, { plain: true }) === 'text';
}

async function validateText(source: { path: string; text: string }): Promise<readonly Problem[]> {
  const { problems, batches } = await checkDatasetText(source);
  // Most datasets have none; to look at each case anew would take as long as checking them did.
  return source.text.includes('assert') ? [...problems, ...(await assertionProblems(batches()))] : problems;
}

/** Problems of the assertions that cases bring along. */
async function assertionProblems(batches: AsyncIterable<readonly LocatedCase[]>): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const batch of batches) for (const located of batch) problems.push(...checkAssertions(located));
  return problems;
}

function checkAssertions({ case: entry, location }: LocatedCase): Problem[] {
  return (entry.assert ?? []).flatMap((assertion) => {
    try {
      dryCheck(parseAssertion(assertion, location));
      checkPatterns(assertion, location);
      return [];
    } catch (error) {
      const problems = problemsOf(error, location.path);
      if (!(error instanceof UnsupportedEvaluatorError)) return problems;
      return problems.map(
        (problem) => ({ ...problem, severity: 'warning', code: 'unsupported-assertion' }) as const,
      );
    }
  });
}

/** Patterns are read when they are run; what can be told before is told here. Templates are filled in first. */
function checkPatterns({ type, value, flags, assert }: JsonObject, where: SourceLocation): void {
  if (Array.isArray(assert)) for (const inner of assert) if (isJsonObject(inner)) checkPatterns(inner, where);
  if ((type !== 'regex' && type !== 'not-regex') || typeof value !== 'string' || /\{[{%#]/.test(value))
    return;
  try {
    checkPattern(value, typeof flags === 'string' ? flags : '');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
    throw new ConfigError(error.message, { where, cause: error, ...remedy });
  }
}

/** An error that a person caused, as problems; anything else is thrown on. */
function problemsOf(error: unknown, shown: string): Problem[] {
  if (error instanceof ProblemsError) return [...error.problems];
  if (!(error instanceof UserError)) throw error;
  const where = error.where ?? { path: shown };
  const location = 'line' in where ? where : { path: where.path, line: 1, column: 1 };
  return [
    {
      severity: 'error',
      code: codeOf(error),
      message: error.message,
      location: { ...location, path: path.isAbsolute(location.path) ? shown : location.path },
      ...defined({ remedy: error.remedy }),
    },
  ];
}

/** `PromptError` becomes `prompt`. */
function codeOf(error: UserError): string {
  return error.name.replace(/Error$/, '').toLowerCase();
}
