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

/** All problems of a file as it stands in the editor, most of them with the exact range. */
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
    // A file that was never saved, or is gone: there is nothing that its references could count from.
    if (error instanceof UserError) return [];
    throw error;
  }
}
