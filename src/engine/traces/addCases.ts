import { appendCases } from '../datasets/import/appendCases.ts';
import { writeDataset } from '../datasets/import/writeDataset.ts';
import { readRecords } from '../datasets/migrations/upgrade.ts';
import { readText } from '../files/readText.ts';
import { statPath } from '../files/statPath.ts';
import { writeAtomic } from '../files/writeAtomic.ts';
import type { GoldenCase } from '../model/case.ts';
import { canonicalJson } from '../model/json.ts';
import type { Random } from '../ports.ts';

export interface AddedCases {
  added: number;
  /** Ids of cases that ask the same as one of these, one for each that was left out. */
  same: string[];
  /** There was no such file, or an empty one. */
  isNew: boolean;
}

/**
 * Adds cases to a golden dataset, or begins one, with the next version of its content. What asks the same as a case that is there is
 * left out. `path` is absolute. Throws FileError, and ProblemsError for an invalid dataset; the file is then as it was.
 */
export async function addCases(
  { path, shownAs, random }: { path: string; shownAs: string; random: Random },
  cases: readonly GoldenCase[],
): Promise<AddedCases> {
  const isNew = !isThere(path, shownAs);
  const source = isNew ? undefined : { path: shownAs, text: readText(path, shownAs) };
  const known = source ? inputsOf(source) : new Map<string, string>();
  const same: string[] = [];
  const fresh = cases.filter((entry) => {
    const key = askedOf(entry);
    const there = known.get(key);
    if (there === undefined) known.set(key, entry.id);
    else same.push(there);
    return there === undefined;
  });
  if (fresh.length === 0) return { added: 0, same, isNew };

  if (!source) {
    const added = await writeDataset({ path, shownAs, metadata: {}, random }, only(fresh));
    return { added, same, isNew };
  }
  const { text, added } = await appendCases(source, fresh);
  if (added > 0) writeAtomic(path, text, random);
  return { added, same, isNew };
}

/** An empty file is none yet. */
function isThere(file: string, shownAs: string): boolean {
  const found = statPath(file, shownAs);
  return found !== undefined && !(found.isFile() && found.size === 0);
}

/** What the cases of a dataset ask, with the id of the first that does. Throws FileError for what is no dataset. */
function inputsOf(source: { path: string; text: string }): Map<string, string> {
  const { cases } = readRecords(source.path, source.text);
  const inputs = new Map<string, string>();
  for (const entry of cases) {
    const key = askedOf(entry);
    if (!inputs.has(key)) inputs.set(key, String(entry['id']));
  }
  return inputs;
}

function askedOf(entry: { input?: unknown; messages?: unknown }): string {
  return canonicalJson(entry.input ?? entry.messages ?? null);
}

async function* only<T>(batch: T): AsyncGenerator<T> {
  yield batch;
}
