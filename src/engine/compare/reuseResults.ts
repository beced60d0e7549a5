import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { LocatedCase } from '../model/case.ts';
import type { TrialResult } from '../model/result.ts';
import type { RunPlan, RunRecord } from '../model/run.ts';
import { caseFilter } from '../runs/caseFilter.ts';
import type { RunInputs } from '../runs/runInputs.ts';
import type { RunStore } from '../store/runStore.ts';
import { caseContentHash } from './storedSide.ts';

/** Earlier runs that are looked through. */
const MAX_RUNS = 200;
/** Files of a workspace that are looked at before a program's results are taken as stale. */
const MAX_FILES = 20_000;
const SKIPPED = /^(?:\..*|node_modules|__pycache__|venv)$/;
const BATCH = 256;

/** A target of the plan whose earlier results may stand in. */
export interface Reusable {
  target: string;
  /** `files unchanged`: a program, whose hash does not see the data that it reads. */
  when: 'always' | 'files unchanged';
}

export interface ReuseOptions {
  targets: readonly Reusable[];
  store: RunStore;
  /** The new run, which has no result yet. */
  runId: string;
  inputs: RunInputs;
  /** Absolute path of the workspace, whose programs read its files. */
  root: string;
  /** Milliseconds since the epoch. */
  now: number;
  signal: AbortSignal;
}

/**
 * Takes over results of earlier runs for targets with the same hash, the same evaluators, the same seed, and
 * cases of the same content; errors are not taken over, and a program's results only when no file of the
 * workspace is newer. Returns how many results each target got.
 */
export async function reuseResults(options: ReuseOptions): Promise<Map<string, number>> {
  const { store, runId, inputs } = options;
  const { plan } = inputs;
  const taken = new Map<string, number>();
  const donors = findDonors(options);
  if (donors.size === 0) return taken;
  const cases = await casesById(inputs, options.signal);
  for (const [target, runs] of donors) {
    const found = new Map<string, TrialResult>();
    for (const { run, name } of runs) collect(store, run, name, plan, cases, found);
    const results = [...found.values()].map((result) => ({ ...result, target }));
    write(store, runId, results, cases, options.now);
    if (results.length > 0) taken.set(target, results.length);
  }
  return taken;
}

/** Per target of the plan: earlier runs that have it, newest first, and how they call it. */
function findDonors(options: ReuseOptions): Map<string, { run: RunRecord; name: string }[]> {
  const { store, runId, inputs, root, targets } = options;
  const { plan } = inputs;
  const earlier = store
    .listRuns(MAX_RUNS)
    .filter(
      ({ id, plan: { evaluatorsHash, seed } }) =>
        id !== runId && evaluatorsHash === plan.evaluatorsHash && seed === plan.seed,
    );
  const asksFiles = earlier.length > 0 && targets.some(({ when }) => when === 'files unchanged');
  const changedAt = asksFiles ? newestFile(root) : 0;
  const donors = new Map<string, { run: RunRecord; name: string }[]>();
  for (const { target, when } of targets) {
    const wanted = plan.targets.find(({ name }) => name === target);
    const runs = earlier.flatMap((run) => {
      const same = run.plan.targets.find(({ kind, hash }) => kind === wanted?.kind && hash === wanted.hash);
      const stale = when === 'files unchanged' && run.createdAt <= changedAt;
      return same && !stale ? [{ run, name: same.name }] : [];
    });
    if (runs.length > 0) donors.set(target, runs);
  }
  return donors;
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
    const key = `${result.caseId}\0${result.trial}`;
    const located = cases.get(result.caseId);
    if (result.target !== target || result.trial >= plan.repeat || !located || found.has(key)) continue;
    if (!sameDataset && !hasSameContent(store, run.id, result, located)) continue;
    const { cluster, ...rest } = result;
    found.set(key, {
      ...rest,
      caseIndex: located.index,
      tags: located.case.tags ?? [],
      ...(located.case.cluster === undefined ? {} : { cluster: located.case.cluster }),
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
  const matches = caseFilter(inputs.plan.filter);
  for await (const batch of inputs.source.batches({ signal }))
    for (const located of batch) if (matches(located.case)) cases.set(located.case.id, located);
  return cases;
}

/** When a file of the folder was last changed, in milliseconds; never in the past of too large a folder. */
function newestFile(root: string): number {
  let newest = 0;
  let left = MAX_FILES;
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (SKIPPED.test(entry.name)) continue;
      left -= 1;
      if (left < 0) return Number.POSITIVE_INFINITY;
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) folders.push(file);
      newest = Math.max(
        newest,
        statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY,
      );
    }
  }
  return newest;
}
