import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { FileError, UsageError } from '../engine/errors.ts';
import { statPath } from '../engine/files/statPath.ts';
import { reportFormatOf } from '../engine/reports/reportFormats.ts';
import type { RunReport } from '../engine/reports/runReport.ts';
import type { Io } from './terminal/io.ts';

/** Pieces are gathered to this many characters before they are written. */
const CHUNK_LENGTH = 64 * 1024;

/** Throws UsageErrors for an unknown file extension or a missing folder, before anything is called. */
export function checkReportFiles(files: readonly string[], cwd: string): void {
  for (const file of files) {
    reportFormatOf(file);
    checkFolder(file, cwd);
  }
}

/** Throws a UsageError when the folder of a report is missing. */
export function checkFolder(file: string, cwd: string): void {
  const folder = path.dirname(path.resolve(cwd, file));
  if (statPath(folder, file)?.isDirectory()) return;
  throw new UsageError(`the folder for the report ${file} does not exist`, {
    remedy: 'Create it, or choose another folder.',
  });
}

/** Writes the reports to each file, in the format of its extension. Throws FileError. */
export async function writeReportFiles(
  files: readonly string[],
  reports: readonly RunReport[],
  io: Io,
): Promise<void> {
  for (const file of files) {
    const write = await reportFormatOf(file).load();
    writePieces(file, write(reports), io);
  }
}

/** Writes to a temporary file beside it, then renames it: a reader never sees half a report. Throws FileError. */
export function writePieces(file: string, pieces: Iterable<string>, io: Io): void {
  const absolute = path.resolve(io.cwd, file);
  const draft = `${absolute}.${process.pid}.tmp`;
  try {
    const handle = openSync(draft, 'w');
    try {
      for (const chunk of chunks(pieces)) writeSync(handle, chunk);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, absolute);
  } catch (error) {
    rmSync(draft, { force: true });
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new FileError(`the report could not be written (${error.message})`, {
      where: { path: file },
      remedy: 'Check that the folder exists and is writable.',
      cause: error,
    });
  }
  io.err(`report written to ${file}`);
}

function* chunks(pieces: Iterable<string>): IterableIterator<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}
