import type { ComparisonWord } from './comparison.ts';
import type { GateReport } from './gateReport.ts';
import type { GroupSummary } from './summary.ts';

/** What came of a complete evaluation, as it was settled. */
export interface EvaluationVerdict {
  /** The gate's word, or without a gate whether every case passed. */
  passed: boolean;
  /** Null where the suite has no gate. */
  gate: GateReport | null;
  /** Over all targets. */
  total: GroupSummary;
}

/** What a complete comparison said of its candidate; kept with the run that was made for it. */
export interface CandidateVerdict {
  /** The gate's word, or without a gate whether the candidate is not worse. */
  passed: boolean;
  /** Null where the suite has no gate. */
  gate: GateReport | null;
  comparison: {
    word: ComparisonWord;
    reason: string;
    /** Of live pairs: as many clusters of them were looked at; all where absent. */
    clusters?: number;
    /** Why nothing may be concluded from it. */
    void?: string;
  };
}

export type RunVerdict = EvaluationVerdict | CandidateVerdict;
