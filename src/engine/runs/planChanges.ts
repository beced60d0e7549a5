import { ResumeError } from '../errors.ts';
import { canonicalJson } from '../model/json.ts';
import type { RunPlan } from '../model/run.ts';

/** Throws ResumeError when the results of `runId` must not be mixed with those of the present inputs. */
export function ensureSamePlan(runId: string, before: RunPlan, after: RunPlan): void {
  ensureEvaluation(runId, before);
  const changes = planChanges(before, after);
  if (changes.length === 0) return;
  throw new ResumeError(`run ${runId} cannot be resumed: ${changes.join('; ')}`, {
    remedy: 'Undo the change to go on with it, or start a new run without --resume.',
  });
}

/** Throws ResumeError when the run was made for a comparison: half of its trials are the other side's. */
export function ensureEvaluation(runId: string, { comparison }: RunPlan): void {
  if (!comparison) return;
  throw new ResumeError(
    `run ${runId} compares ${comparison.baseline} with ${comparison.candidate}, so it cannot be resumed as an evaluation`,
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
      : ['the evaluators, their models or the cascade changed']),
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

function targetChanges(before: RunPlan['targets'], after: RunPlan['targets']): string[] {
  const known = new Map(before.map((target) => [target.name, target]));
  const changes = after.flatMap(({ name, hash }) => {
    const old = known.get(name);
    if (!old) return [`the target ${name} is new`];
    return old.hash === hash ? [] : [`the target ${name} changed (its prompt, model or command)`];
  });
  const names = new Set(after.map(({ name }) => name));
  return [
    ...changes,
    ...before.filter(({ name }) => !names.has(name)).map(({ name }) => `the target ${name} is gone`),
  ];
}
