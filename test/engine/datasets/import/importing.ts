import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openImport } from '../../../../src/engine/datasets/import/importCases.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const { signal } = new AbortController();

interface Imported {
  formats: readonly string[];
  cases: GoldenCase[];
  kept: { [field: string]: number };
  dropped: { [what: string]: number };
  notes: { [what: string]: number };
}

/** Imports a file of test/fixtures/import. */
export function importFixture(name: string, from?: string): Promise<Imported> {
  return importPath(join(import.meta.dirname, '../../../fixtures/import', name), name, from);
}

/** Imports a text as if it stood in a file of that name. */
export async function importText(name: string, text: string, from?: string): Promise<Imported> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), text);
  return await importPath(join(folder, name), name, from);
}

async function importPath(path: string, shownAs: string, from?: string): Promise<Imported> {
  const files = [{ path, shownAs }];
  const opened = await openImport({ files, signal, ...(from === undefined ? {} : { from }) });
  const cases: GoldenCase[] = [];
  for await (const batch of opened.batches()) cases.push(...batch);
  const { kept, dropped, notes } = opened.tally;
  return {
    formats: opened.formats,
    cases,
    kept: Object.fromEntries(kept),
    dropped: Object.fromEntries(dropped),
    notes: Object.fromEntries(notes),
  };
}
