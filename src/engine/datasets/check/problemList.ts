import type { FileError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import type { Problem } from '../../model/problem.ts';

/** Most problems that are reported at once. */
const MAX_PROBLEMS = 200;

/** Gathers the problems of one file, up to a limit. */
export class ProblemList {
  readonly #problems: Problem[] = [];
  #errors = 0;

  /** In the order of the file; errors are kept in preference to warnings. */
  get all(): readonly Problem[] {
    return this.#problems;
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  /** Enough errors: reading on would bring nothing that is shown. */
  get isFull(): boolean {
    return this.#errors >= MAX_PROBLEMS;
  }

  add(problem: Problem): void {
    if (problem.severity === 'error') this.#errors++;
    if (this.#problems.length < MAX_PROBLEMS) {
      this.#problems.push(problem);
      return;
    }
    const weakest = this.#problems.findLastIndex((other) => other.severity === 'warning');
    if (problem.severity === 'warning' || weakest < 0) return;
    this.#problems.splice(weakest, 1);
    this.#problems.push(problem);
  }

  addFileError(error: FileError, path: string): void {
    const where = error.where;
    this.add({
      severity: 'error',
      code: 'unreadable-file',
      message: error.message,
      location: where && 'line' in where ? where : { path, line: 1, column: 1 },
      ...defined({ remedy: error.remedy }),
    });
  }
}
