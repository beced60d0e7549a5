import { ProblemsError, type UserError } from '../../engine/errors.ts';
import type { Io } from '../terminal/io.ts';
import { sanitize } from '../terminal/sanitize.ts';
import { problemLines } from './problems.ts';

/** What a person can mend, with its place; problems say themselves whether they are errors or warnings. */
export function printError(error: UserError, io: Io): void {
  if (error instanceof ProblemsError)
    for (const line of problemLines(error.problems, io.errStyle)) io.err(line);
  else io.err(`${io.errStyle.red('error')} ${sanitize(error.describe())}`);
}
