import type { LocatedCase } from '../model/case.ts';
import type { GateReport } from '../model/gateReport.ts';
import type { TrialResult, TrialStatus } from '../model/result.ts';
import type { RunRecord } from '../model/run.ts';
import type { RunSummary } from '../model/summary.ts';

/** Everything that a report of one run is made of. */
export interface RunReport {
  run: RunRecord;
  summary: RunSummary;
  /** Null where the suite has no gate. */
  gate: GateReport | null;
  /** Exit code 0 or 1: the gate's word, or without a gate whether every case passed. */
  passed: boolean;
  /** In a replay: trials that lack a recording, so that the run cannot pass whatever the gate says. Absent when there is none. */
  notRecorded?: number;
  /** How many results are of cases that were run again. Absent when there is none. */
  rerun?: number;
  /** In stable order, those with one of `statuses` or all; each call reads the store anew. */
  results(statuses?: readonly TrialStatus[]): Iterable<TrialResult>;
  /** The case of a result, as it was asked. */
  caseAt(caseIndex: number): LocatedCase | undefined;
}
