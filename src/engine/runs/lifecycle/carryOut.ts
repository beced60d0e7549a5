import { budgetsFor } from '../../cost/budgets/budgetLedger.ts';
import { defined } from '../../model/defined.ts';
import { spanPrice } from '../../models/prices/spanPrice.ts';
import type { Clock, Log, Random, Trust } from '../../ports.ts';
import type { Owner } from '../../store/lease.ts';
import type { SinkTelemetry } from '../../telemetry/telemetry.ts';
import type { ReceivedTraces } from '../agentSpans/spansElsewhere.ts';
import { executeRun } from '../execution/executeRun.ts';
import type { BegunRun } from './begunRun.ts';
import type { RunListener, RunOptions, RunOutcome } from './runListener.ts';
import { type SettlePorts, settleRun, unsettleWhole } from './settleRun.ts';
import { type SpendingPorts, spendingLimitOf } from './spendingLimitOf.ts';

/** What a run is executed and settled with. */
interface CarryOutPorts extends SettlePorts, SpendingPorts {
  clock: Clock;
  /** This process, as it claims runs. */
  owner: Owner;
  log: Log;
  telemetry: SinkTelemetry;
  random: Random;
  trust: Trust;
  /** What the workspace's receiver has stored. */
  received: ReceivedTraces;
}

interface CarryOutOptions extends RunOptions {
  /** Aborted when no more trials are needed: the run is then complete. */
  enough?: AbortSignal;
}

/** Makes the calls that a begun run lacks, and settles it when it is complete. Throws as `executeRun` does. */
export async function carryOut(
  ports: CarryOutPorts,
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
    agentSpans: {
      random: ports.random,
      trusted: ports.trust.commands,
      received: ports.received,
      price: spanPrice(ports.workspace.config.providers),
    },
    ...defined({ limit, enough }),
  });

  await settleRun(ports, run, record, outcome);
  await telemetry.flush();

  return outcome;
}
