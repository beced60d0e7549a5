import { budgetsFor } from '../../cost/budgets/budgetLedger.ts';
import { defined } from '../../model/defined.ts';
import { executeRun } from '../execution/executeRun.ts';
import type { BegunRun } from './begunRun.ts';
import type { LifecyclePorts } from './lifecyclePorts.ts';
import type { RunListener, RunOptions, RunOutcome } from './runListener.ts';
import { settleRun, unsettleWhole } from './settleRun.ts';
import { spendingLimitOf } from './spendingLimitOf.ts';

interface CarryOutOptions extends RunOptions {
  /** Aborted when no more trials are needed: the run is then complete. */
  enough?: AbortSignal;
}

/** Makes the calls that a begun run lacks, and settles it when it is complete. Throws as `executeRun` does. */
export async function carryOut(
  ports: LifecyclePorts,
  run: BegunRun,
  listener: RunListener,
  { signal, limits = {}, enough }: CarryOutOptions,
): Promise<RunOutcome> {
  const { store, clock, owner, log, telemetry } = ports;
  const record = store.getRun(run.runId);
  run.budgets?.set(budgetsFor(store, record));

  unsettleWhole(ports, record);
  const limit = await spendingLimitOf(ports, run, record, limits);
  const outcome = await executeRun(run.inputs, {
    runId: run.runId,
    store,
    owner,
    clock,
    log,
    telemetry,
    signal,
    onStart: (stored) => listener.onStart(record, stored),
    onResults: (results) => listener.onResults(record, results),
    ...defined({ limit, enough }),
  });

  await settleRun(ports, run, record, outcome);
  await telemetry.flush();

  return outcome;
}
