import type { PreparedRun } from '../preparation/preparedRun.ts';
import type { RunOverrides } from '../preparation/runOverrides.ts';
import { beginRun } from './beginRun.ts';
import type { BegunRun } from './begunRun.ts';
import { type PlanPorts, planRuns } from './planRuns.ts';

/** Plans and begins what a suite asks for. A key that is missing is told before anything is stored. Throws UserErrors. */
export async function startRuns(
  ports: PlanPorts,
  suite: string,
  overrides: RunOverrides,
  signal: AbortSignal,
): Promise<BegunRun[]> {
  const planned = await planRuns(ports, suite, overrides, signal);
  try {
    for (const run of planned) await run.ready(signal);
    signal.throwIfAborted();
    return planned.map((run) => beginRun(ports, run));
  } catch (error) {
    await closeAll(planned);
    throw error;
  }
}

/** Ends what was started for runs that will not go on. */
export async function closeAll(runs: readonly PreparedRun[]): Promise<void> {
  await Promise.all(runs.map((run) => run.close()));
}
