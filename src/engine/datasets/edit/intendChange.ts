import type { JsonObject } from '../../model/json.ts';
import { writeCaseNote } from './caseNote.ts';

/** The metadata key for the reason of an intended change. */
const KEY = 'intended_change';

/** Records in a case's metadata that its change was intended, and why. Throws as `editCase`; writes nothing. */
export function intendChange(
  source: { path: string; text: string },
  caseId: string,
  reason: string,
): Promise<{ text: string }> {
  return writeCaseNote(source, caseId, [KEY], reason);
}

/** The reason for a case's intended change; undefined if none was recorded. */
export function intendedChange(entry: { metadata?: JsonObject } | undefined): string | undefined {
  const reason = entry?.metadata?.[KEY];
  return typeof reason === 'string' ? reason : undefined;
}
