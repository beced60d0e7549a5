import type { GateReport } from './gateReport.ts';
import type { GroupSummary } from './summary.ts';

/** What came of a complete run, as it was settled. */
export interface RunVerdict {
  /** The gate's word, or without a gate whether every case passed. */
  passed: boolean;
  /** Null where the suite has no gate. */
  gate: GateReport | null;
  /** Over all targets. */
  total: GroupSummary;
}
