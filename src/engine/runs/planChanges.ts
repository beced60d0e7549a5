import { ResumeError } from '../errors.ts';
import { changedAt, changedPaths, type FileList, isLog } from '../files/fileList.ts';
import { canonicalJson } from '../model/json.ts';
import type { PlanTarget, RunPlan, RunRecord } from '../model/run.ts';
import { environmentChanges, fewNames } from './targetChanges.ts';

/** The workspace's files when a run began, and as they are now; undefined where that is not known. */
export interface FileLists {
  before: FileList | undefined;
  after: FileList | undefined;
  /** Those whose content stands in other hashes of the plan. */
  hashed: ReadonlySet<string>;
  /** A process that was killed may have worked on for so long after it was last heard of, in milliseconds. */
  silenceMs: number;
}

/** What an agent still writes when its run has ended, in milliseconds. */
const AFTERMATH_MS = 1_000;

/** Throws ResumeError when the results of `run` must not be mixed with those of the present inputs. */
export function ensureSamePlan(run: RunRecord, after: RunPlan, files: FileLists): void {
  ensureEvaluation(run.id, run.plan);
  const changes = planChanges(run.plan, after);
  if (changes.length === 0) changes.push(...fileChanges(run, files));
  if (changes.length === 0) return;
  throw new ResumeError(`run ${run.id} cannot be resumed: ${changes.join('; ')}`, {
    remedy: 'Undo the change to go on with it, or start a new run without --resume.',
  });
}

/** Whether results of some cases, run again with `after`, can stand in place of those that the run has. */
export function isPartOf(run: RunRecord, after: RunPlan, files: FileLists): boolean {
  const { plan } = run;
  if (plan.comparison || plan.model !== after.model || plan.judge !== after.judge) return false;
  const names = new Set(after.targets.map(({ name }) => name));
  const targets = plan.targets.filter(({ name }) => names.has(name));
  const changes = planChanges({ ...plan, targets, filter: after.filter }, after);
  return changes.length === 0 && fileChanges(run, files).length === 0;
}

/** Throws ResumeError when the run was made for a comparison: half of its trials are the other side's. */
export function ensureEvaluation(runId: string, { comparison }: RunPlan, verb = 'resumed'): void {
  if (!comparison) return;
  throw new ResumeError(
    `run ${runId} compares ${comparison.baseline} with ${comparison.candidate}, so it cannot be ${verb} as an evaluation`,
    { remedy: 'Compare again with touchstone compare: what was measured is used again.' },
  );
}

/** What differs between two plans so that their results must not be mixed, in plain words; empty when nothing does. */
function planChanges(before: RunPlan, after: RunPlan): string[] {
  return [
    ...datasetChanges(before.dataset, after.dataset),
    ...targetChanges(before.targets, after.targets),
    ...(before.evaluatorsHash === after.evaluatorsHash
      ? []
      : ['the evaluators, what they load, their models or the cascade changed']),
    ...(canonicalJson(before.origin ?? {}) === canonicalJson(after.origin ?? {})
      ? []
      : ['its outputs came from elsewhere (--replay, --rejudge)']),
    ...(before.leftOut?.judge === after.leftOut?.judge
      ? []
      : [after.leftOut?.judge ? 'judges were asked in it' : 'no judge was asked in it']),
    ...(before.suite === after.suite ? [] : [`the suite is ${after.suite}, it was ${before.suite}`]),
    ...(before.repeat === after.repeat ? [] : [`repeat is ${after.repeat}, it was ${before.repeat}`]),
    ...(before.seed === after.seed ? [] : [`the seed is ${after.seed}, it was ${before.seed}`]),
    ...(JSON.stringify(before.filter) === JSON.stringify(after.filter) ? [] : ['other cases were chosen']),
  ];
}

function datasetChanges(before: RunPlan['dataset'], after: RunPlan['dataset']): string[] {
  if (before.path !== after.path) return [`the dataset is ${after.path}, it was ${before.path}`];
  return before.contentHash === after.contentHash ? [] : [`the dataset ${after.path} changed`];
}

function targetChanges(before: readonly PlanTarget[], after: readonly PlanTarget[]): string[] {
  const known = new Map(before.map((target) => [target.name, target]));
  const changes = after.flatMap((target) => {
    const { name, hash } = target;
    const old = known.get(name);
    if (!old) return [`the target ${name} is new`];
    if (old.hash !== hash) return [`the target ${name} changed (its prompt, model or command)`];
    return environmentChanges(old, target).map((change) => `${change} for the target ${name}`);
  });
  const names = new Set(after.map(({ name }) => name));
  return [
    ...changes,
    ...before.filter(({ name }) => !names.has(name)).map(({ name }) => `the target ${name} is gone`),
  ];
}

/**
 * Files that were there when the run began, and were changed or removed after it was last heard of. What changed while
 * it ran is its agents' own work, as a log or a database; new files are left alone, too: a report may be one.
 */
function fileChanges(
  { status, seenAt }: RunRecord,
  { before, after, hashed, silenceMs }: FileLists,
): string[] {
  if (!before || !after || seenAt === null) return [];
  const until = seenAt + AFTERMATH_MS + (status.state === 'running' ? silenceMs : 0);
  const changed = changedPaths(before, after).filter((name) => {
    if (hashed.has(name) || isLog(name) || !before.files.has(name)) return false;
    const file = after.files.get(name);
    // What was put in place of another may be older than the run.
    return file === undefined || !(changedAt(file) <= until) || changedAt(file) < before.listedAt;
  });
  return changed.length === 0 ? [] : [`${fewNames(changed)} changed since`];
}
