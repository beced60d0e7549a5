import { existsSync } from 'node:fs';
import path from 'node:path';
import { openImport } from '../engine/datasets/import/importCases.ts';
import { IMPORT_FORMATS } from '../engine/datasets/import/importFormats.ts';
import { writeDataset } from '../engine/datasets/import/writeDataset.ts';
import { UsageError } from '../engine/errors.ts';
import { resolveInside } from '../engine/files/confine.ts';
import type { GoldenCase } from '../engine/model/case.ts';
import { workspacePath } from '../engine/suites/config/fileReference.ts';
import type { Handlers } from '../protocol/call.ts';
import type { datasetCalls, ImportTally } from '../protocol/datasetCalls.ts';
import { datasetJob } from './datasetThread.ts';
import type { Session } from './session.ts';

type Opened = Awaited<ReturnType<typeof openImport>>;
type ImportCalls = Pick<
  typeof datasetCalls,
  'dataset/importFormats' | 'dataset/import' | 'dataset/importInto'
>;

/** A dataset of the workspace by its path, with its text: the given one, or that of the disk. */
export type SourceOf = (path: string, text: string | undefined) => { path: string; text: string };

export function importHandlers(session: Session, sourceOf: SourceOf): Handlers<ImportCalls> {
  return {
    'dataset/importFormats': () => ({
      formats: IMPORT_FORMATS.map(({ name, title, fields }) => ({ name, title, fields })),
    }),
    'dataset/import': async ({ files, from, path: given }, signal) => {
      const target = resolveInside(session.root, given, { path: given });
      const shownAs = workspacePath(session.root, target);
      if (existsSync(target)) throw isThere(shownAs);
      const opened = await open(files, from, signal);
      const name = path.basename(shownAs).replace(/(\.golden)?\.[^.]+$/, '');
      const sources = files.map((file) => path.basename(file)).join(', ');
      const description = `Imported from ${sources} (${opened.formats.join(', ')}).`;
      const { random } = session.ports;
      const dataset = { path: target, shownAs, metadata: { name, description }, random };
      const count = await writeDataset(dataset, opened.batches());
      return { count, formats: [...opened.formats], tally: tallyOf(opened) };
    },
    'dataset/importInto': async ({ files, from, path: given, text }, signal) => {
      const source = sourceOf(given, text);
      const opened = await open(files, from, signal);
      const cases: GoldenCase[] = [];
      for await (const batch of opened.batches()) cases.push(...batch);
      const appended = await datasetJob('append', { ...source, cases }, { size: source.text.length, signal });
      return { ...appended, formats: [...opened.formats], tally: tallyOf(opened) };
    },
  };
}

function open(files: readonly string[], from: string | undefined, signal: AbortSignal): Promise<Opened> {
  return openImport({
    files: files.map((file) => ({ path: file, shownAs: path.basename(file) })),
    ...(from === undefined ? {} : { from }),
    signal,
  });
}

function tallyOf({ tally }: Opened): ImportTally {
  return {
    kept: Object.fromEntries(tally.kept),
    dropped: Object.fromEntries(tally.dropped),
    notes: Object.fromEntries(tally.notes),
  };
}

function isThere(path: string): UsageError {
  return new UsageError('the file is there already', {
    where: { path },
    remedy: 'Choose another name, or add the cases to it.',
  });
}
