import path from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { UsageError } from '../engine/errors.ts';
import type { RunRecord } from '../engine/model/run.ts';
import { ensureEvaluation } from '../engine/runs/planChanges.ts';
import type { RunOverrides } from '../engine/runs/preparation/runOverrides.ts';
import { findRun } from '../engine/store/findRun.ts';

/** Where outputs come from or go to, beside the store. */
export interface RecordingOptions {
  record?: string;
  replay?: string;
  rejudge?: string | true;
}

/** Throws UsageError for options that cannot be combined; called before anything is opened. */
export function checkRecordingOptions(options: RecordingOptions & { resume?: string | true }): void {
  if (options.record !== undefined && options.replay !== undefined) {
    throw new UsageError('--record and --replay cannot be combined', {
      remedy: 'Record first, then replay.',
    });
  }
  if (options.rejudge !== undefined && options.resume !== undefined) {
    throw new UsageError('--rejudge starts a new run, so it cannot be combined with --resume', {
      remedy: 'Use --resume alone to continue an interrupted run: the outputs to judge are stored with it.',
    });
  }
}

/** `--record` and `--replay` as the engine takes them. */
export function recordingOverrides(
  { record, replay }: RecordingOptions,
  cwd: string,
): Pick<RunOverrides, 'recordings'> {
  if (record !== undefined) return { recordings: { mode: 'record', folder: path.resolve(cwd, record) } };
  if (replay !== undefined) return { recordings: { mode: 'replay', folder: path.resolve(cwd, replay) } };
  return {};
}

/** The run that `--rejudge` means: the one of that id, or the newest of the chosen suites. */
export function findJudgedRun(engine: Engine, rejudge: string | true, suites: readonly string[]): RunRecord {
  if (rejudge !== true) {
    const named = findRun(engine.store, rejudge);
    ensureEvaluation(named.id, named.plan, 're-judged');
    return named;
  }
  const run = engine.store.evaluations(1000).find(({ plan }) => suites.includes(plan.suite));
  if (run) return run;
  throw new UsageError('no stored run to re-judge', {
    remedy: 'Create one with: touchstone eval',
  });
}
