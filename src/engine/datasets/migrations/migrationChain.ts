import type { FormatVersion } from '../formatVersion.ts';
import { from1To2 } from './from1To2.ts';
import type { MigrationStep } from './step.ts';

/** The steps from a format version to the current one, in order. */
export function migrationChain(from: FormatVersion): MigrationStep[] {
  const steps = [from1To2];
  const start = steps.findIndex((step) => step.from === from);
  return start < 0 ? [] : steps.slice(start);
}
