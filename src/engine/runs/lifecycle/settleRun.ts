import { settleBudgets } from '../../cost/budgets/budgetLedger.ts';
import type { RunRecord } from '../../model/run.ts';
import type { PreparedRun } from '../preparation/preparedRun.ts';
import type { LifecyclePorts } from './lifecyclePorts.ts';

/**
 * Draws the consequences of an attempt. Token budgets follow from whole evaluations alone: neither from a case that was
 * run again nor from a comparison, half of which is another version.
 */
export function settleRun(
  { store, clock }: LifecyclePorts,
  { budgets }: PreparedRun,
  record: RunRecord,
): void {
  const { partOf, comparison } = record.plan;
  if (budgets && partOf === undefined && !comparison) settleBudgets(store, record, clock.now());
}
