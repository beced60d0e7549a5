import { settleBudgets } from '../../cost/budgets/budgetLedger.ts';
import type { RunRecord } from '../../model/run.ts';
import type { PreparedRun } from '../preparation/preparedRun.ts';
import type { LifecyclePorts } from './lifecyclePorts.ts';
import type { RunOutcome } from './runListener.ts';

/**
 * Draws the consequences of an attempt. Token budgets follow from whole evaluations alone: neither from a case that was
 * run again nor from a comparison, half of which is another version.
 */
export async function settleRun(
  ports: LifecyclePorts,
  { budgets }: PreparedRun,
  record: RunRecord,
  outcome: RunOutcome,
): Promise<void> {
  const { store, clock } = ports;
  const { partOf, comparison } = record.plan;
  if (budgets && partOf === undefined && !comparison) settleBudgets(store, record, clock.now());

  if (outcome !== 'complete' || comparison) return;
  await keepVerdict(ports, record.id);
  if (partOf !== undefined) await keepVerdict(ports, partOf);
}

/** The verdict of a run without those of its cases that are being run again does not stand any more. */
export function unsettleWhole(
  { store }: Pick<LifecyclePorts, 'store'>,
  { plan: { partOf } }: RunRecord,
): void {
  if (partOf !== undefined) store.verdicts.forget(partOf);
}

async function keepVerdict({ store, clock, judge }: LifecyclePorts, runId: string): Promise<void> {
  if (store.lookUp(runId)?.status.state !== 'complete') return;
  store.verdicts.save(runId, await judge(runId), clock.now());
}
