import type { JudgeCheck, JudgeHealth } from '../../model/evaluatorStudy.ts';
import type { GatePolicy } from '../../model/gatePolicy.ts';
import type { GateClause } from '../../model/gateReport.ts';

/**
 * What the health of its judges means for a gate: verdicts of a judge that cannot be relied on decide nothing, so
 * that the gate is undecided, never failed. A liking for long answers is held against a judge only where the policy
 * requires health, since better answers may well be longer.
 */
export function judgeClauses(
  { judgeHealth = 'watch' }: GatePolicy,
  judges: readonly JudgeHealth[],
): GateClause[] {
  switch (judgeHealth) {
    case 'ignore':
      return [];
    case 'watch':
      return judges.flatMap((health) => {
        const failed = failedChecks(health).filter(({ check }) => check !== 'length');
        return failed.length === 0 ? [] : [unreliable(health, failed)];
      });
    case 'required':
      if (judges.length === 0)
        return [{ name: 'judge_health', status: 'undecided', reason: 'no judge has judged anything' }];
      return judges.map(required);
  }
}

function required(health: JudgeHealth): GateClause {
  const name = nameOf(health);
  switch (health.status) {
    case 'healthy': {
      const passed = health.checks.filter(({ status }) => status === 'pass').map(({ check }) => check);
      return { name, status: 'pass', reason: `the judge holds in: ${passed.join(', ')}` };
    }
    case 'unhealthy':
      return unreliable(health, failedChecks(health));
    case 'unknown': {
      const open = health.checks.filter(({ status }) => status === 'unknown');
      const why = open.map(({ check, reason }) => `${check}: ${reason}`).join('; ');
      return { name, status: 'undecided', reason: `too little is known of the judge: ${why}` };
    }
  }
}

function unreliable(health: JudgeHealth, failed: readonly JudgeCheck[]): GateClause {
  const why = failed.map(({ check, reason }) => `${check}: ${reason}`).join('; ');
  return { name: nameOf(health), status: 'undecided', reason: `the judge cannot be relied on (${why})` };
}

function failedChecks({ checks }: JudgeHealth): JudgeCheck[] {
  return checks.filter(({ status }) => status === 'fail');
}

function nameOf({ judge }: JudgeHealth): string {
  return `judge_health[${judge}]`;
}
