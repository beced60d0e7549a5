import { UserError } from '../../errors.ts';
import { readRelease } from '../../releases/readRelease.ts';
import type { Version } from '../sides.ts';

/** Models that served a release when it was evaluated; empty for any other version, and where the release does not say so. */
export function recordedModels(root: string, { target }: Version): readonly string[] {
  if (target.kind !== 'release') return [];
  try {
    return readRelease(root, target.release).approvedBy?.servedModels ?? [];
  } catch (error) {
    // Who deploys it says what is wrong with it.
    if (error instanceof UserError) return [];
    throw error;
  }
}
