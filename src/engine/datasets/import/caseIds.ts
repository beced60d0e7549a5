import { contentHash } from '../../model/hash.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { IdIndex } from '../check/idIndex.ts';
import type { CaseDraft } from './importFormat.ts';

/** Longest id of a case. */
const MAX_ID_LENGTH = 256;

/**
 * Gives each imported case a unique id: its own, or one made from its input, so that the same case gets the same id in
 * every import. A repeated id gets `-2`, `-3`, … in file order.
 */
export class CaseIds {
  readonly #seen = new IdIndex();
  readonly #copies = new Map<string, number>();
  #count = 0;

  /** `repeated`: an earlier case has the id, so it was changed. */
  next(draft: CaseDraft): { id: string; repeated: boolean } {
    const wanted = ownId(draft) ?? deriveId((draft.messages ?? draft.input ?? null) as JsonValue);
    if (this.#isNew(wanted)) return { id: wanted, repeated: false };
    let copy = this.#copies.get(wanted) ?? 1;
    let id: string;
    do {
      copy++;
      id = `${wanted.slice(0, MAX_ID_LENGTH - 8)}-${copy}`;
    } while (!this.#isNew(id));
    this.#copies.set(wanted, copy);
    return { id, repeated: true };
  }

  #isNew(id: string): boolean {
    return this.#seen.add(id, this.#count++) === undefined;
  }
}

function ownId({ id }: CaseDraft): string | undefined {
  const text = id?.trim();
  return text === undefined || text === '' || text.length > MAX_ID_LENGTH ? undefined : text;
}

/** An id for an input: a few recognisable words and a hash of the whole. */
export function deriveId(content: JsonValue): string {
  const words = firstText(content)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-[^-]*$/g, '');
  return `${words === '' ? 'case' : words}-${contentHash(content).slice(0, 8)}`;
}

/** The last message, or the first text of the variables. */
function firstText(value: JsonValue): string {
  if (typeof value === 'string') return `${value} `;
  if (Array.isArray(value)) return firstText(value.at(-1) ?? null);
  if (!isJsonObject(value)) return '';
  const said = value['content'] ?? value['text'];
  if (said !== undefined) return firstText(said);
  const text = Object.values(value).find((item) => typeof item === 'string');
  return text === undefined ? '' : firstText(text);
}
