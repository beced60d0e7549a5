import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { refuseLinks } from '../../../store/storeFile.ts';

/** A log that has grown beyond it is cut to its last part, in bytes. */
const MOST = 4 * 1024 * 1024;
const KEPT = 1024 * 1024;

/** Opens the log of a program, private, to write at its end. Links are refused. */
export function openLog(file: string): number {
  refuseLinks(file);
  return openSync(file, 'a', 0o600);
}

/**
 * Cuts a log that has grown too long, while its program goes on writing at the end: programs write into the file themselves, so that they
 * outlive whoever has started them.
 */
export function capLog(file: string): void {
  let log: number;
  try {
    refuseLinks(file);
    log = openSync(file, 'r+');
  } catch {
    return;
  }
  try {
    const { size } = fstatSync(log);
    if (size <= MOST) return;

    const tail = Buffer.alloc(KEPT);
    const read = readSync(log, tail, 0, KEPT, size - KEPT);
    ftruncateSync(log, 0);
    writeSync(log, tail, 0, read, 0);
  } finally {
    closeSync(log);
  }
}
