import path from 'node:path';
import { openDataset } from '../../datasets/dataset.ts';
import { UsageError, UserError } from '../../errors.ts';
import type { GoldenCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import type { EvaluatorStudy } from '../../model/evaluatorStudy.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RunRecord } from '../../model/run.ts';
import { CurrentResults } from '../../store/currentResults.ts';
import type { RunStore } from '../../store/runStore.ts';
import { calibrateCascade } from './calibrate.ts';
import { compareEvaluators } from './evaluatorAgreement.ts';
import { judgesOfRun } from './judgesOfRun.ts';
import { type LabelOf, labelsOfCases, labelsOfRun } from './labels.ts';
import { evaluatorNames, WHOLE_VERDICT } from './ratings.ts';

export interface StudyOptions {
  /** Two evaluators; all pairs where absent. */
  between?: readonly string[];
  /** A run that judged the same outputs once more: of the second evaluator, and for test and retest. */
  again?: string;
  /** Agreement that calibrated thresholds must keep, 0–1. */
  agreement: number;
}

const STAGES = ['heuristic', 'lexical'] as const;

/**
 * How the evaluators of a stored run agree, whether its judges can be relied on, and what the cascade could save.
 * Labels are those that the dataset has now. Throws ResumeError when a run is not there, and UsageError for
 * evaluators that the run does not have.
 */
export async function studyRun(
  { store, root, signal }: { store: RunStore; root: string; signal: AbortSignal },
  runId: string,
  options: StudyOptions,
): Promise<EvaluatorStudy> {
  const run = store.getRun(runId);
  const { again, agreement } = options;
  const results = [...new CurrentResults(store, runId).results()];
  const others = again === undefined ? undefined : [...new CurrentResults(store, again).results()];
  const { labelOf, note } = await labelsNow(store, run, root, signal);
  return {
    run: runId,
    agreements: pairsOf(results, others, options).map(([first, second]) =>
      compareEvaluators(results, { first, second, labelOf }, first === second ? others : undefined),
    ),
    judges: judgesOfRun(store, run, results, { labelOf, ...defined({ again }) }),
    calibrations: STAGES.flatMap(
      (stage) => calibrateCascade(results, { stage, agreement, seed: run.plan.seed }) ?? [],
    ),
    notes: note === undefined ? [] : [note],
  };
}

/** The dataset may be gone or broken by now; the labels of the time of the run are better than none. */
async function labelsNow(
  store: RunStore,
  { id, plan }: RunRecord,
  root: string,
  signal: AbortSignal,
): Promise<{ labelOf: LabelOf; note?: string }> {
  try {
    const dataset = await openDataset(path.resolve(root, plan.dataset.path), { root, signal });
    const cases: GoldenCase[] = [];
    for await (const batch of dataset.batches({ signal }))
      for (const located of batch) if (located.case.metadata) cases.push(located.case);
    return { labelOf: labelsOfCases(cases) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const note = `${plan.dataset.path} cannot be read any more, so labels are those that it had when the run was made.`;
    return { labelOf: labelsOfRun(store, id), note };
  }
}

/**
 * The pair that was asked for, or all of them; with another run, each evaluator against itself there as well, and the
 * verdict as a whole: how another cascade or other evaluators come out over the same outputs.
 */
function pairsOf(
  results: readonly TrialResult[],
  others: readonly TrialResult[] | undefined,
  { between }: StudyOptions,
): [string, string][] {
  const names = evaluatorNames(results);
  const unknown = between?.find((name) => name !== WHOLE_VERDICT && !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`no evaluator ${unknown} has scored anything in this run`, {
      remedy: `Choose from: ${names.join(', ') || '(none)'}`,
    });
  }

  const [first, second] = between ?? [];
  if (first !== undefined && second !== undefined && between?.length === 2) return [[first, second]];
  if (between)
    throw new UsageError('two evaluators are needed', { remedy: `Use one of: ${names.join(', ')}` });

  const within = names.flatMap((one, at) => names.slice(at + 1).map((two): [string, string] => [one, two]));
  if (!others) return within;

  const there = new Set(evaluatorNames(others));
  const twice = [WHOLE_VERDICT, ...names.filter((name) => there.has(name))];
  return [...twice.map((name): [string, string] => [name, name]), ...within];
}
