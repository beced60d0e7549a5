import { Rejected } from '../resilience/policy.ts';
import { ModelError } from './modelClient.ts';

/** The refusal by one of our policies that an error is, or stands for. */
export function refusalOf(error: unknown): Rejected | undefined {
  if (error instanceof Rejected) return error;
  return error instanceof ModelError ? error.rejection : undefined;
}
