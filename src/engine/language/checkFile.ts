import { UserError } from '../errors.ts';
import type { Problem } from '../model/problem.ts';
import type { Environment } from '../ports.ts';
import type { ForeignFormat } from '../suites/foreignFormat.ts';
import { checkWorkspace } from '../suites/loadWorkspace.ts';
import { validateFile } from '../suites/validateFiles.ts';
import type { LanguageFile } from './languageFile.ts';

export interface CheckOptions {
  environment: Environment;
  /** The other tool whose configurations are read. */
  foreign?: ForeignFormat;
  signal: AbortSignal;
}

/** All problems of a file with unsaved changes, most of them with an exact range. */
export async function checkFile(
  file: LanguageFile,
  { environment, foreign, signal }: CheckOptions,
): Promise<readonly Problem[]> {
  const { root, path, absolute, text } = file;
  switch (file.kind) {
    case 'config':
    case 'foreign':
      return checkConfig({ root, configPath: path, text, foreign, environment, signal });
    case 'dataset':
    case 'prompt':
      return validateFile(absolute, { root, environment, signal }, text);
    case 'other':
      return [];
  }
}

async function checkConfig(options: Parameters<typeof checkWorkspace>[0]): Promise<readonly Problem[]> {
  try {
    return (await checkWorkspace(options)).problems;
  } catch (error) {
    // The file was never saved or has been deleted, so relative references cannot be resolved.
    if (error instanceof UserError) return [];
    throw error;
  }
}
