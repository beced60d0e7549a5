import type { SourceRange } from '../model/location.ts';
import type { RunRecord } from '../model/run.ts';
import { detectFormat } from '../prompts/detectFormat.ts';
import { CurrentResults } from '../store/currentResults.ts';
import type { RunStore } from '../store/runStore.ts';
import type { LanguageFile } from './languageFile.ts';
import { symbolsOf } from './symbols.ts';

/** What a lens is shown above. */
export type LensSubject =
  | { kind: 'case'; id: string }
  | { kind: 'suite'; name: string }
  /** The prompt as a whole, at its first line. */
  | { kind: 'prompt' };

/** How it went last time. */
export interface LastResult {
  runId: string;
  /** Trials that passed, of all that are stored. */
  passed: number;
  trials: number;
  /** Mean over the trials that could be measured; null where none could, and for suites. */
  score: number | null;
}

export interface FileLens {
  range: SourceRange;
  subject: LensSubject;
  last: LastResult | null;
}

/** Runs that are looked through for a result, newest first. */
const RUNS = 50;
/** Lenses in one answer; no screen shows more. */
const MAX_LENSES = 500;

/** The lenses of the lines from `from` to `to` (both from 1, inclusive), with the last results from `store`. */
export function lensesOf(
  file: LanguageFile,
  { from, to, store }: { from: number; to: number; store: RunStore | undefined },
): FileLens[] {
  const isShown = ({ line }: SourceRange) => line >= from && line <= to;
  switch (file.kind) {
    case 'dataset': {
      const runs = runsOf(store, (run) => run.plan.dataset.path === file.path);
      return file.cases
        .filter(({ id, range }) => id !== '' && isShown(range))
        .slice(0, MAX_LENSES)
        .map(({ id, range }) => ({
          range: range,
          subject: { kind: 'case', id },
          last: store ? lastOfCase(store, runs, id) : null,
        }));
    }
    case 'config': {
      const runs = runsOf(store, (run) => run.plan.configPath === file.path);
      return symbolsOf(file)
        .filter(({ kind, range }) => kind === 'suite' && isShown(range))
        .map(({ name, selection }) => ({
          range: selection,
          subject: { kind: 'suite', name },
          last: store ? lastOfSuite(store, runs, name) : null,
        }));
    }
    case 'prompt': {
      // Instructions are added to every request; nothing answers with them alone.
      if (detectFormat(file.path) === 'instructions') return [];
      const range = { path: file.path, line: 1, column: 1, endLine: 1, endColumn: 1 };
      return isShown(range) ? [{ range, subject: { kind: 'prompt' }, last: null }] : [];
    }
    case 'foreign':
    case 'other':
      return [];
  }
}

function runsOf(store: RunStore | undefined, fits: (run: RunRecord) => boolean): RunRecord[] {
  return store ? store.evaluations(RUNS).filter(fits) : [];
}

/** From the latest run that contains the case. */
function lastOfCase(store: RunStore, runs: readonly RunRecord[], id: string): LastResult | null {
  for (const { id: runId } of runs) {
    const results = new CurrentResults(store, runId).resultsOfCase(id);
    if (results.length === 0) continue;
    const scores = results.flatMap(({ score }) => (score === null ? [] : [score]));
    const passed = results.filter(({ status }) => status === 'passed').length;
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    return { runId, passed, trials: results.length, score: scores.length > 0 ? mean : null };
  }
  return null;
}

function lastOfSuite(store: RunStore, runs: readonly RunRecord[], name: string): LastResult | null {
  for (const { id: runId, plan } of runs) {
    if (plan.suite !== name) continue;
    const { passed, failed, errored } = new CurrentResults(store, runId).counts();
    const trials = passed + failed + errored;
    if (trials > 0) return { runId, passed, trials, score: null };
  }
  return null;
}
