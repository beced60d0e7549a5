import type { GateReport } from '../../model/gateReport.ts';
import type { StepReport } from '../evidence/stepReport.ts';

/** What a gate says to whoever asks over HTTP. */
export interface GateAnswer {
  /** 1: passes. 0: undecided, which is never a pass. −1: fails. For conditions of other controllers. */
  value: 1 | 0 | -1;
  status: StepReport['status'];
  reason: string | null;
  clauses: GateReport['clauses'];
  samples: { green: number; blue: number; required: number } | null;
}

const VALUES = { pass: 1, undecided: 0, fail: -1 } as const;

export function stepAnswer({ status, reason, clauses, green, blue, minSamples }: StepReport): GateAnswer {
  const samples = { green: green.samples, blue: blue.samples, required: minSamples };
  return { value: VALUES[status], status, reason, clauses, samples };
}

/** Of the last run of a suite; null where there is none, or it has no gate. */
export function runAnswer(gate: GateReport | null): GateAnswer {
  if (!gate) return undecided('there is no run with a gate');
  const status = gate.passed
    ? 'pass'
    : gate.clauses.some((clause) => clause.status === 'fail')
      ? 'fail'
      : 'undecided';
  return { value: VALUES[status], status, reason: gate.reason, clauses: gate.clauses, samples: null };
}

export function undecided(reason: string): GateAnswer {
  return { value: 0, status: 'undecided', reason, clauses: [], samples: null };
}
