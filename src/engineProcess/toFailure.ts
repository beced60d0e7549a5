import { ZodError } from 'zod';
import { ProblemsError, UserError } from '../engine/errors.ts';
import type { Failure } from '../protocol/failure.ts';

/** A call that needs a trusted workspace came from one that is not. */
export class UntrustedError extends Error {
  constructor(what: string) {
    super(`${what} needs a trusted workspace`);
    this.name = 'UntrustedError';
  }
}

/** What an error is to the other side of the connection. */
export function toFailure(error: unknown): Failure {
  if (error instanceof UntrustedError) {
    return {
      kind: 'untrusted',
      message: error.message,
      remedy: 'Trust the workspace, then try again.',
    };
  }
  if (error instanceof UserError) {
    return {
      kind: 'user',
      name: error.name,
      message: error.message,
      ...(error.where ? { where: { ...error.where } } : {}),
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      ...(error instanceof ProblemsError ? { problems: [...error.problems] } : {}),
    };
  }
  if (error instanceof ZodError) return { kind: 'bug', message: `the call is malformed: ${error.message}` };
  if (!(error instanceof Error)) return { kind: 'bug', message: String(error) };
  return {
    kind: 'bug',
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  };
}
