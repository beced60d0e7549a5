import type { RunRecord } from '../../model/run.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import { type FileLists, isPartOf } from '../planChanges.ts';
import { findSuite } from '../preparation/findSuite.ts';
import type { PreparedRun } from '../preparation/preparedRun.ts';
import { prepareRuns } from '../preparation/prepareRuns.ts';
import type { RunOverrides } from '../preparation/runOverrides.ts';
import type { PreparePorts } from '../preparation/runScope.ts';
import { filesOf, hashedFiles, noteFiles } from '../workspaceFiles.ts';
import { requestOf } from './runRequest.ts';

/** What runs are planned with. */
export interface PlanPorts extends PreparePorts {
  workspace: Workspace;
}

/**
 * Makes ready what a suite asks for: one run for each of its datasets, with the request that they come from. Nothing is
 * called and nothing stored. Throws UserErrors for whatever the files or the configuration have wrong.
 */
export async function planRuns(
  ports: PlanPorts,
  name: string,
  overrides: RunOverrides,
  signal: AbortSignal,
): Promise<PreparedRun[]> {
  const { workspace } = ports;
  const suite = findSuite(workspace, name);
  const prepared = await prepareRuns({ workspace, suite, overrides }, ports, signal);
  const request = requestOf(overrides, workspace.root);
  const noted = await noteWorkspace(
    ports,
    prepared.map((run) => withPlan(run, { request })),
    overrides,
    signal,
  );

  const { partOf } = overrides;
  return partOf === undefined ? noted : noted.map((run) => asPart(ports, run, partOf));
}

/** Notes the workspace's files in the plans of runs whose programs may read them. */
export function noteWorkspace<R extends PreparedRun>(
  { workspace: { root }, store, clock }: Pick<PlanPorts, 'workspace' | 'store' | 'clock'>,
  prepared: readonly R[],
  { writes = [], recordings }: RunOverrides,
  signal: AbortSignal,
): Promise<R[]> {
  const except = recordings?.mode === 'record' ? [...writes, recordings.folder] : writes;
  return noteFiles(prepared, { root, store, now: clock.now(), except, signal });
}

/** The workspace's files when a stored run began, beside those that a prepared one would begin with. */
export function fileLists(
  { store }: Pick<PlanPorts, 'store'>,
  { inputs, files, suite }: PreparedRun,
  stored: RunRecord,
): FileLists {
  return {
    before: filesOf(store, stored.plan),
    after: files,
    hashed: hashedFiles(inputs.plan, suite.targets),
    silenceMs: store.leaseMs / 3,
  };
}

/** Where its results can stand in place of those of a stored run; otherwise it is a run by itself. */
function asPart(ports: PlanPorts, prepared: PreparedRun, id: string): PreparedRun {
  const whole = ports.store.getRun(id);
  if (!isPartOf(whole, prepared.inputs.plan, fileLists(ports, prepared, whole))) return prepared;
  return withPlan(prepared, { partOf: whole.plan.partOf ?? id });
}

function withPlan<R extends PreparedRun>(run: R, more: Partial<R['inputs']['plan']>): R {
  return { ...run, inputs: { ...run.inputs, plan: { ...run.inputs.plan, ...more } } };
}
