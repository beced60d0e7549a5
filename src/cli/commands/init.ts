import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { FileError } from '../../engine/errors.ts';
import { makeFolders } from '../../engine/files/makeFolders.ts';
import { statPath } from '../../engine/files/statPath.ts';
import { processEnvironment } from '../../engine/ports.ts';
import { sampleFiles } from '../../engine/suites/discovery/sampleConfig.ts';
import { EXIT } from '../exitCode.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';

/** `touchstone init`: its arguments and options. */
export function addInit(program: Command, act: RunAction): void {
  program
    .command('init')
    .description('create a first suite, prompt and dataset in a folder; existing files are kept')
    .argument('[folder]', 'the folder', '.')
    .action((folder) => act((io) => init(folder, io)));
}

/** Writes what a first evaluation needs; nothing that is there is overwritten. */
async function init(folder: string, io: Io): Promise<number> {
  const root = path.resolve(io.cwd, folder);
  const { signal } = new AbortController();
  if (statPath(root, folder)?.isDirectory() === false) {
    throw new FileError('this is a file, not a folder', {
      where: { path: folder },
      remedy: 'Name a folder; it is created if missing.',
    });
  }
  try {
    makeFolders(root);
    const files = await sampleFiles(root, { environment: processEnvironment, signal });
    for (const { path: file, text } of files) {
      makeFolders(path.dirname(path.join(root, file)));
      // `wx` refuses a file that has come into being since.
      writeFileSync(path.join(root, file), text, { flag: 'wx' });
      io.out(`wrote ${path.join(folder, file)}`);
    }
    io.out(files.length === 0 ? 'touchstone.yaml already exists: nothing was written' : NEXT);
    return EXIT.passed;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new FileError(`the files could not be written (${error.code})`, {
      where: { path: folder },
      remedy: 'Check that the folder is writable.',
      cause: error,
    });
  }
}

const NEXT = 'Next: review the files, set OPENAI_API_KEY, and run: touchstone eval';
