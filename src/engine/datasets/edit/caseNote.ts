import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { editYaml } from '../migrations/editYaml.ts';
import type { Edit } from '../migrations/mapEdit.ts';
import { editCase } from './editCase.ts';

/** Stands for the text while its entry is laid out; safe in any kind of quotes, and without them. */
const PLACEHOLDER = 'touchstone-note-placeholder';
const QUOTED_PLACEHOLDER = new RegExp(`(["']?)${PLACEHOLDER}\\1`);

/**
 * Writes a text into a case's metadata under `keys`, one inside the other; an earlier text is replaced. What the
 * case asks and expects stays, so that comparisons still pair it. Throws as `editCase`; writes nothing.
 */
export function writeCaseNote(
  source: { path: string; text: string },
  caseId: string,
  keys: readonly [string, ...string[]],
  note: string,
): Promise<{ text: string }> {
  return editCase(
    source,
    caseId,
    (before) => noteEdit(before, ['metadata', ...keys], note),
    function* ({ path, text }, index, edit) {
      const at = ['test_cases', index];
      yield editYaml(text, path, [{ at, edits: [edit] }]);
      // Any note can be written as JSON.
      const like = edit.op === 'rename' ? edit : { ...edit, value: withText(edit.value, PLACEHOLDER) };
      const laidOut = editYaml(text, path, [{ at, edits: [like] }]);
      const written = JSON.stringify(note);
      yield laidOut.map((one) => ({ ...one, text: one.text.replace(QUOTED_PLACEHOLDER, () => written) }));
    },
  );
}

/** Sets the innermost key if all maps around it exist; otherwise adds the outermost missing one. */
function noteEdit(before: JsonObject, keys: readonly string[], note: string): Edit {
  let map = before;
  for (const [depth, key] of keys.entries()) {
    const path = keys.slice(0, depth);
    const found = map[key];
    const isLast = depth === keys.length - 1;

    if (!isLast && isJsonObject(found)) {
      map = found;
      continue;
    }

    const value = keys
      .slice(depth + 1)
      .reduceRight<JsonObject | string>((inner, one) => ({ [one]: inner }), note);

    return found === undefined
      ? { op: 'add', path, key, value }
      : { op: 'set', path, key, value, before: found };
  }

  throw new Error('a note needs a key');
}

/** The same maps around another text. */
function withText(value: Extract<Edit, { op: 'set' | 'add' }>['value'], text: string): typeof value {
  if (!isJsonObject(value)) return text;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withText(inner, text)]));
}
