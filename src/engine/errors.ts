import { formatLocation, type SourceLocation } from './model/location.ts';
import type { Problem } from './model/problem.ts';

/** Where an error lies: a file, and within it a line and column (from 1) where they are known. */
export type ErrorPlace = SourceLocation | { path: string };

/** Where an error lies, what to do about it, and the error behind it; undefined is the same as absent. */
export interface UserErrorOptions {
  where?: ErrorPlace | undefined;
  remedy?: string | undefined;
  cause?: unknown;
}

/**
 * An error that a person caused and can mend: what happened, where, and what to do.
 * Everything that is not a UserError is a bug and keeps its stack.
 */
export class UserError extends Error {
  readonly where: ErrorPlace | undefined;
  readonly remedy: string | undefined;

  constructor(what: string, options: UserErrorOptions = {}) {
    super(what, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.where = options.where;
    this.remedy = options.remedy;
  }

  /** One or two lines for a terminal: `file:line:column: what` and the remedy. */
  describe(): string {
    const head = this.where ? `${formatLocation(this.where)}: ${this.message}` : this.message;
    return this.remedy ? `${head}\n  ${this.remedy}` : head;
  }
}

/** A file cannot be read: missing, outside the workspace, not UTF-8, malformed. */
export class FileError extends UserError {}
/** A configuration (touchstone.yaml or a foreign suite) cannot be used. */
export class ConfigError extends UserError {}
/** A provider needs a key, and none is known. */
export class MissingKeyError extends ConfigError {}
/** A prompt file cannot be parsed or rendered. */
export class PromptError extends UserError {}
/** A release does not exist, was changed by hand, or cannot answer a request. */
export class ReleaseError extends UserError {}
/** The command line was used wrongly. */
export class UsageError extends UserError {}
/** A revision that is to be compared with has no configuration or no such suite, e.g. before Touchstone was set up. */
export class MissingSideError extends UsageError {
  readonly side: SideRole;
  /** The suite that was to be compared. */
  readonly suite: string;

  constructor(what: string, { side, suite, remedy }: { side: SideRole; suite: string; remedy: string }) {
    super(what, { remedy });
    this.side = side;
    this.suite = suite;
  }
}

/** Which side of a comparison. */
export type SideRole = 'baseline' | 'candidate';

/** The store is busy, corrupt, full, or newer than this program. */
export class StoreError extends UserError {}
/** Another process has taken the run over; what this one still holds of it cannot be stored. */
export class LeaseLostError extends StoreError {}
/** There is no trace of an id, or there are several. */
export class TraceError extends UserError {}
/** A run cannot be resumed, e.g. because its inputs changed. */
export class ResumeError extends UserError {}

/** One file with several problems; `problems` holds at least one error. */
export class ProblemsError extends UserError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const first = problems[0];
    const errors = problems.filter((problem) => problem.severity === 'error').length;
    super(
      first ? `${first.message}${errors > 1 ? ` (and ${errors - 1} more)` : ''}` : 'no problem',
      first ? { where: first.location, ...(first.remedy === undefined ? {} : { remedy: first.remedy }) } : {},
    );
    this.problems = problems;
  }

  override describe(): string {
    return this.problems
      .map((problem) => {
        const head = `${formatLocation(problem.location)}: ${problem.severity}: ${problem.message}`;
        return problem.remedy ? `${head}\n  ${problem.remedy}` : head;
      })
      .join('\n');
  }
}
