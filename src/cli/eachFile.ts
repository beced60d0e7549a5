import { UsageError, UserError } from '../engine/errors.ts';
import type { Io } from './terminal/io.ts';
import { printError } from './views/printError.ts';

/**
 * What became of each file; one that cannot be used is reported and does not hide the others. With a single file its
 * error is thrown on, and so is one of the command line itself.
 */
export async function eachFile<T>(
  files: readonly string[],
  work: (file: string) => Promise<T>,
  io: Io,
): Promise<{ done: T[]; failed: { path: string; error: UserError }[] }> {
  const done: T[] = [];
  const failed: { path: string; error: UserError }[] = [];
  for (const file of files) {
    try {
      done.push(await work(file));
    } catch (error) {
      if (!(error instanceof UserError) || error instanceof UsageError || files.length === 1) throw error;
      failed.push({ path: file, error });
      printError(error, io);
    }
  }
  return { done, failed };
}

/** A failure as JSON. */
export function failureJson({ path, error }: { path: string; error: UserError }): object {
  return { path, error: error.message, where: error.where ?? null, remedy: error.remedy ?? null };
}
