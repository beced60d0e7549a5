import { ResumeError, UsageError } from '../../errors.ts';
import type { RunRecord } from '../../model/run.ts';
import type { Owner } from '../../store/lease.ts';
import type { RunStore } from '../../store/runStore.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import { ensureEvaluation, ensureSamePlan } from '../planChanges.ts';
import type { RunOverrides } from '../preparation/runOverrides.ts';
import type { BegunRun } from './begunRun.ts';
import { fileLists, type PlanPorts, planRuns } from './planRuns.ts';
import { resumedOverrides } from './runRequest.ts';
import { closeAll } from './startRuns.ts';

/** Interrupted runs are looked for among so many. */
const MOST_RUNS = 1000;

/**
 * Makes a stored run ready to go on as it was asked for, with what is `given` in its place. Nothing is called, and only
 * what it lacks will be. Throws ResumeError when a living process works on it, when it was made for a comparison, or when
 * its inputs changed since.
 */
export async function resumeRun(
  ports: PlanPorts & { owner: Owner },
  runId: string,
  given: RunOverrides,
  signal: AbortSignal,
): Promise<BegunRun> {
  const { store, workspace, owner, clock } = ports;
  const stored = store.getRun(runId);
  store.refuseHeld(runId, owner, clock.now());
  ensureEvaluation(stored.id, stored.plan);
  ensureDataset(workspace, stored);

  const overrides = resumedOverrides(stored, given, workspace.root);
  const planned = await planRuns(ports, stored.plan.suite, overrides, signal);
  try {
    const [run] = planned;
    if (!run) throw new Error('a suite over one dataset makes one run');
    ensureSamePlan(stored, run.inputs.plan, fileLists(ports, run, stored));
    return { ...run, runId };
  } catch (error) {
    await closeAll(planned);
    throw error;
  }
}

/**
 * The run that a person means who names none: the newest evaluation that is not complete, of `suites` where there are
 * any. Throws UsageError when there is none.
 */
export function newestResumable(store: RunStore, suites: readonly string[]): RunRecord {
  const stored = store
    .evaluations(MOST_RUNS)
    .filter(({ plan }) => suites.length === 0 || suites.includes(plan.suite));
  const run = stored.find(({ status }) => status.state !== 'complete');
  if (run) return run;

  const asked = suites.length === 0 ? '' : ` of ${suites.join(', ')}`;
  throw stored.length === 0
    ? new UsageError(`there is no evaluation${asked} to resume: none is stored`, {
        remedy: 'Leave --resume out to start one.',
      })
    : new UsageError(`there is no evaluation${asked} to resume: all that are stored are complete`, {
        remedy: 'List the stored runs with: touchstone show --runs',
      });
}

function ensureDataset({ config }: Workspace, { id, plan }: RunRecord): void {
  const suite = config.suites.find(({ name }) => name === plan.suite);
  if (!suite || suite.datasets.some(({ path }) => path === plan.dataset.path)) return;
  throw new ResumeError(
    `run ${id} cannot be resumed: its dataset ${plan.dataset.path} is no longer in the suite`,
    { remedy: 'Put it back to go on with the run, or start a new one.' },
  );
}
