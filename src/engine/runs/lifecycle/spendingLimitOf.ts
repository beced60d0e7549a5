import { CallHistory } from '../../cost/callHistory.ts';
import type { SpendingLimits } from '../../cost/spendingDecision.ts';
import { SpendingLimit } from '../../cost/spendingLimit.ts';
import { dearestTrial } from '../../cost/spent.ts';
import { defined } from '../../model/defined.ts';
import type { RunRecord } from '../../model/run.ts';
import type { Clock } from '../../ports.ts';
import type { RunStore } from '../../store/runStore.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import type { PreparedRun } from '../preparation/preparedRun.ts';

export interface SpendingPorts {
  store: RunStore;
  clock: Clock;
  workspace: Workspace;
}

/**
 * Holds a run to the limits of its suite, or to those `given` in their place. A limit that a person set stays with the
 * run when it goes on.
 */
export async function spendingLimitOf(
  { store, clock, workspace }: SpendingPorts,
  prepared: PreparedRun,
  record: RunRecord,
  given: SpendingLimits,
): Promise<SpendingLimit | undefined> {
  // What a recording answers is not paid for.
  if (record.plan.origin?.replay) return undefined;

  if (given.perRun !== undefined) store.ledger.keepLimit(record.id, given.perRun);
  const limits = limitsOf(prepared, given, store.ledger.limitOf(record.id));
  if (limits.perRun === undefined && limits.perDay === undefined) return undefined;

  const { createMostOfTrial } = await import('../../cost/mostOfTrial.ts');
  const { estimatedRun } = await import('../estimateInputs.ts');
  const history = CallHistory.read(store, record.plan.suite);
  const estimated = estimatedRun(prepared, workspace.config, history);
  return new SpendingLimit({
    limits,
    plan: record.plan,
    ledger: store.ledger,
    clock,
    dearestUsd: dearestTrial(store, record),
    mostOfTrial: await createMostOfTrial(estimated, prepared.budgets?.allowance),
  });
}

function limitsOf({ suite }: PreparedRun, given: SpendingLimits, kept: number | undefined): SpendingLimits {
  const { perRun, ...rest } = {
    ...suite.budget,
    ...given,
    ...defined({ perRun: kept }),
  };
  return Number.isFinite(perRun) ? { ...rest, perRun } : rest;
}
