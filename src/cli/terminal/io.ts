import type { ProgressStream } from './progress.ts';
import { type Style, styleFor } from './style.ts';

/** Where a command writes and what it knows of its terminal; tests hand in their own. */
export interface Io {
  /** Results: standard output. */
  out(line: string): void;
  /** Progress, hints and errors: standard error. */
  err(line: string): void;
  style: Style;
  errStyle: Style;
  /** Columns of standard output; 100 where it is not a terminal. */
  width: number;
  progress: ProgressStream;
  cwd: string;
  /** Ends the command without waiting for what is under way, with the exit code of an interruption. */
  endAtOnce(): void;
}

export function processIo(): Omit<Io, 'endAtOnce'> {
  return {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    style: styleFor(process.stdout, process.env),
    errStyle: styleFor(process.stderr, process.env),
    width: process.stdout.columns ?? 100,
    progress: process.stderr,
    cwd: process.cwd(),
  };
}
