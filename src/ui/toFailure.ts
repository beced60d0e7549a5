import { CallFailure } from '../protocol/callFailure.ts';
import type { Failure } from '../protocol/failure.ts';

/** What an error of the window is to the engine. */
export function toFailure(error: unknown): Failure {
  if (error instanceof CallFailure) return error.failure;
  return { kind: 'bug', message: error instanceof Error ? error.message : String(error) };
}
