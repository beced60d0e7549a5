import { parseUntrustedJson } from '../../../../files/formats/untrustedJson.ts';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../../../model/json.ts';
import type { EntryDraft, JournalEntry } from '../../../journal/journal.ts';
import { RouterError } from '../../routerError.ts';
import { type ClusterObject, mapAt } from '../cluster/clusterObject.ts';

/** From here on older entries are summed up; a ConfigMap holds 1 MiB. */
const SOFT_BYTES = 512 * 1024;
const HARD_BYTES = 960 * 1024;
/** The newest entries always stay as they are. */
const KEPT = 16;

const KINDS: readonly EntryDraft['kind'][] = ['wish', 'transition', 'effect', 'note'];

/** An entry has a key of its own, so that appending sends no more than the entry: `e000012`. */
export function keyOf(seq: number): string {
  return `e${String(seq).padStart(6, '0')}`;
}

export function textOf(entry: JournalEntry | undefined): string {
  return entry === undefined ? '' : canonicalJson(entry);
}

/** In their order. What is not an entry is left out: somebody has edited it, and a transition that is missing is noticed by who reads them. */
export function entriesIn(map: ClusterObject): JournalEntry[] {
  const entries = Object.entries(mapAt(map, 'data')).flatMap(([key, text]) => {
    const entry = entryOf(text);
    return entry && keyOf(entry.seq) === key ? [entry] : [];
  });
  return entries.sort((a, b) => a.seq - b.seq);
}

/**
 * What becomes of the keys of older entries so that another one fits: notes and wishes that were answered long ago become one note. Transitions
 * and effects stay, for they are the state, and so does the last note on each matter. Empty where there is room.
 */
export function summedUp(map: ClusterObject, next: JournalEntry): JsonObject {
  const size = bytesOf(JSON.stringify(map['data'] ?? {})) + bytesOf(textOf(next));
  if (size <= SOFT_BYTES) return {};

  const entries = entriesIn(map);
  const matters = new Map(
    entries.flatMap(({ kind, data, seq }) =>
      kind === 'note' ? Object.keys(data).map((key) => [key, seq] as const) : [],
    ),
  );
  const newest = new Set(matters.values());
  const old = entries
    .slice(0, -KEPT)
    .filter(({ kind, seq }) => (kind === 'note' || kind === 'wish') && !newest.has(seq));
  const [last] = old.slice(-1);
  const freed = old.reduce((sum, entry) => sum + bytesOf(textOf(entry)), 0);
  if (size - freed > HARD_BYTES)
    throw new RouterError('the journal of the deployment is full', {
      isTransient: false,
      remedy: 'End this deployment, and start it again.',
    });
  if (!last || old.length < 2) return {};

  const count = old.reduce(
    (sum, { data }) => sum + (typeof data['summedUp'] === 'number' ? data['summedUp'] : 1),
    0,
  );
  const note: JournalEntry = {
    ...last,
    kind: 'note',
    text: `${count} earlier notes and wishes are left out`,
    data: { summedUp: count },
  };
  const gone: JsonObject = Object.fromEntries(old.map(({ seq }) => [keyOf(seq), null]));
  return { ...gone, [keyOf(last.seq)]: textOf(note) };
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

function entryOf(text: JsonValue): JournalEntry | undefined {
  const value = typeof text === 'string' ? parsed(text) : null;
  if (!isJsonObject(value)) return undefined;
  const { seq, atMs, by, data = null } = value;
  const kind = KINDS.find((one) => one === value['kind']);
  if (typeof seq !== 'number' || typeof atMs !== 'number' || typeof by !== 'string' || !kind)
    return undefined;
  return { seq, kind, atMs, by, text: String(value['text'] ?? ''), data: isJsonObject(data) ? data : {} };
}

function parsed(text: string): JsonValue {
  try {
    return parseUntrustedJson(text, 100);
  } catch {
    return null;
  }
}
