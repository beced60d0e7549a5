import type { JsonObject } from '../../model/json.ts';
import { writeCaseNote } from './caseNote.ts';

/** Where a case keeps why its change was meant. */
const KEY = 'intended_change';

/** Records in a case's metadata that its change was meant, and why. Throws as `editCase`; writes nothing. */
export function intendChange(
  source: { path: string; text: string },
  caseId: string,
  reason: string,
): Promise<{ text: string }> {
  return writeCaseNote(source, caseId, [KEY], reason);
}

/** Why a case's change was meant; undefined where nobody said so. */
export function intendedChange(entry: { metadata?: JsonObject } | undefined): string | undefined {
  const reason = entry?.metadata?.[KEY];
  return typeof reason === 'string' ? reason : undefined;
}
