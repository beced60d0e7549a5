import type { Failure } from '../protocol/failure.ts';
import { toFailure } from './toFailure.ts';

/** What a thread says when its work is done. */
export type ThreadAnswer = { ok: true; value: unknown } | { ok: false; failure: Failure };

/** Does the work of a thread, and makes the answer of what comes of it. */
export async function threadAnswer(work: () => Promise<unknown>): Promise<ThreadAnswer> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, failure: toFailure(error) };
  }
}
