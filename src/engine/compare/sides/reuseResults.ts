import type { LocatedCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import { standsIn } from '../../model/replySource.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RunPlan, RunRecord } from '../../model/run.ts';
import { chosenBatches } from '../../runs/chosenBatches.ts';
import type { RunInputs } from '../../runs/execution/runInputs.ts';
import type { RunStore } from '../../store/runStore.ts';
import { type Donor, Donors, type ReuseOptions } from './donors.ts';
import { caseContentHash } from './storedSide.ts';

const BATCH = 256;

export interface Reused {
  /** How many results each target got. */
  taken: Map<string, number>;
  /** Why results that seem to be the same were not taken over, in sentences. */
  refused: string[];
}

/**
 * Takes over results of earlier runs for targets that are the same with all that they depend on (donors.ts), and for
 * cases of the same content; neither errors nor answers of fallbacks are taken over.
 */
export async function reuseResults(options: ReuseOptions): Promise<Reused> {
  const { store, runId, run, signal } = options;
  const { plan } = run.inputs;
  const donors = new Donors(options);
  const reused: Reused = { taken: new Map(), refused: [] };
  let cases: Map<string, LocatedCase> | undefined;
  for (const reusable of options.targets) {
    const { fit, refused } = donors.of(reusable);
    if (fit.length === 0 && refused !== undefined) reused.refused.push(refused);
    if (fit.length === 0) continue;
    cases ??= await casesById(run.inputs, signal);
    const results = resultsFor(reusable.target, fit, plan, cases, store);
    write(store, runId, results, cases, options.now);
    if (results.length > 0) reused.taken.set(reusable.target, results.length);
  }
  return reused;
}

function resultsFor(
  target: string,
  donors: readonly Donor[],
  plan: RunPlan,
  cases: ReadonlyMap<string, LocatedCase>,
  store: RunStore,
): TrialResult[] {
  const found = new Map<string, TrialResult>();
  for (const { run, name } of donors) collect(store, run, name, plan, cases, found);
  return [...found.values()].map((result) => ({ ...result, target }));
}

/** Adds results of the run's target that fit the plan and are not there yet. */
function collect(
  store: RunStore,
  run: RunRecord,
  target: string,
  plan: RunPlan,
  cases: ReadonlyMap<string, LocatedCase>,
  found: Map<string, TrialResult>,
): void {
  const sameDataset = run.plan.dataset.contentHash === plan.dataset.contentHash;
  for (const result of store.results(run.id, ['passed', 'failed'])) {
    if (standsIn(result.output.source)) continue;
    const key = `${result.caseId}\0${result.trial}`;
    const located = cases.get(result.caseId);
    if (result.target !== target || result.trial >= plan.repeat || !located || found.has(key)) continue;
    if (!sameDataset && !hasSameContent(store, run.id, result, located)) continue;
    const { cluster, ...rest } = result;
    found.set(key, {
      ...rest,
      caseIndex: located.index,
      tags: located.case.tags ?? [],
      ...defined({ cluster: located.case.cluster }),
    });
  }
}

function hasSameContent(store: RunStore, runId: string, result: TrialResult, located: LocatedCase): boolean {
  const before = store.caseAt(runId, result.caseIndex)?.case;
  return before !== undefined && caseContentHash(before) === caseContentHash(located.case);
}

function write(
  store: RunStore,
  runId: string,
  results: readonly TrialResult[],
  cases: ReadonlyMap<string, LocatedCase>,
  now: number,
): void {
  for (let start = 0; start < results.length; start += BATCH) {
    const batch = results.slice(start, start + BATCH);
    const located = batch.map(({ caseId }) => cases.get(caseId)).filter((entry) => entry !== undefined);
    store.append(runId, { results: batch, cases: located, spans: [], logs: [] }, { now, elapsedMs: 0 });
  }
}

async function casesById(inputs: RunInputs, signal: AbortSignal): Promise<Map<string, LocatedCase>> {
  const cases = new Map<string, LocatedCase>();
  for await (const batch of chosenBatches(inputs, signal))
    for (const located of batch) cases.set(located.case.id, located);
  return cases;
}
