import { settleBudgets } from '../../cost/budgets/budgetLedger.ts';
import type { RunRecord } from '../../model/run.ts';
import type { EvaluationVerdict } from '../../model/runVerdict.ts';
import type { Clock } from '../../ports.ts';
import type { RunStore } from '../../store/runStore.ts';
import type { PreparedRun } from '../preparation/preparedRun.ts';
import type { RunOutcome } from './runListener.ts';

export interface SettlePorts {
  store: RunStore;
  clock: Pick<Clock, 'now'>;
  /** What came of a complete evaluation, from its stored results. */
  judge(runId: string): EvaluationVerdict | Promise<EvaluationVerdict>;
}

/**
 * Draws the consequences of an attempt. Token budgets follow from whole evaluations alone: neither from a case that was
 * run again nor from a comparison, half of which is another version.
 */
export async function settleRun(
  ports: SettlePorts,
  { budgets }: PreparedRun,
  record: RunRecord,
  outcome: RunOutcome,
): Promise<void> {
  const { store, clock } = ports;
  const { partOf, comparison } = record.plan;
  if (budgets && partOf === undefined && !comparison) settleBudgets(store, record, clock.now());

  if (outcome !== 'complete' || comparison) return;
  await keepVerdict(ports, record.id);
  await settleWhole(ports, record);
}

/** Judges the run that a part belongs to, with the part or, once that is deleted, without it. */
export async function settleWhole(ports: SettlePorts, { plan: { partOf } }: RunRecord): Promise<void> {
  if (partOf !== undefined) await keepVerdict(ports, partOf);
}

/** The verdict of a run without those of its cases that are being run again does not stand any more. */
export function unsettleWhole({ store }: Pick<SettlePorts, 'store'>, { plan: { partOf } }: RunRecord): void {
  if (partOf !== undefined) store.verdicts.forget(partOf);
}

async function keepVerdict({ store, clock, judge }: SettlePorts, runId: string): Promise<void> {
  if (store.lookUp(runId)?.status.state !== 'complete') return;
  store.verdicts.save(runId, await judge(runId), clock.now());
}
