import { entryOf } from '../storeFile.ts';
import { hasLog } from './database.ts';

/**
 * Changes where a store must be opened anew to be read as it is now: SQLite sees what others write only where they had the file open
 * when it was opened.
 */
export function storeStamp(file: string): string {
  return hasLog(file) ? `${entryOf(file)?.ino} shared` : entryStamp(file);
}

/** Changes with whatever is written. */
export function entryStamp(file: string): string {
  const entry = entryOf(file);
  const log = entryOf(`${file}-wal`);
  return `${entry?.ino} ${entry?.size} ${entry?.mtimeMs} ${log?.size} ${log?.mtimeMs}`;
}
