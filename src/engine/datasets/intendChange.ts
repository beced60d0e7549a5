import { isJsonObject, type JsonObject } from '../model/json.ts';
import { editCase } from './editCase.ts';
import type { Edit } from './migrations/edit.ts';
import { editYaml } from './migrations/editYaml.ts';

/** Where a case keeps why its change was meant. */
const KEY = 'intended_change';

/** Stands for the reason while its entry is laid out; safe in any kind of quotes, and without them. */
const PLACEHOLDER = 'touchstone-reason-placeholder';
const QUOTED_PLACEHOLDER = new RegExp(`(["']?)${PLACEHOLDER}\\1`);

/**
 * Records in a case's metadata that its change was meant, and why; an earlier reason is replaced. What the case
 * asks and expects stays, so that comparisons still pair it. Throws as `editCase`; writes nothing.
 */
export function intendChange(
  source: { path: string; text: string },
  caseId: string,
  reason: string,
): Promise<{ text: string }> {
  return editCase(
    source,
    caseId,
    (before) => reasonEdit(before, reason),
    function* ({ path, text }, index, edit) {
      const at = ['test_cases', index];
      yield editYaml(text, path, [{ at, edits: [edit] }]);
      // Whatever the reason holds, it can be written as JSON.
      const laidOut = editYaml(text, path, [{ at, edits: [reasonEditLike(edit, PLACEHOLDER)] }]);
      const written = JSON.stringify(reason);
      yield laidOut.map((one) => ({ ...one, text: one.text.replace(QUOTED_PLACEHOLDER, () => written) }));
    },
  );
}

function reasonEditLike(edit: Edit, reason: string): Edit {
  if (edit.op === 'rename') return edit;
  return { ...edit, value: edit.path.length > 0 ? reason : { [KEY]: reason } };
}

/** Why a case's change was meant; undefined where nobody said so. */
export function intendedChange(entry: { metadata?: JsonObject } | undefined): string | undefined {
  const reason = entry?.metadata?.[KEY];
  return typeof reason === 'string' ? reason : undefined;
}

function reasonEdit(before: JsonObject, reason: string): Edit {
  const metadata = before['metadata'];
  if (!isJsonObject(metadata)) return { op: 'add', path: [], key: 'metadata', value: { [KEY]: reason } };
  const old = metadata[KEY];
  return old === undefined
    ? { op: 'add', path: ['metadata'], key: KEY, value: reason }
    : { op: 'set', path: ['metadata'], key: KEY, value: reason, before: old };
}
