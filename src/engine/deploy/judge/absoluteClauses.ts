import { judgeRun } from '../../compare/gate/gate.ts';
import type { GatePolicy, Minimum } from '../../model/gatePolicy.ts';
import type { GateClause } from '../../model/gateReport.ts';
import { logAgainstAtLeast, logAgainstAtMost } from '../../statistics/capital.ts';
import type { Counted } from '../../statistics/exponentialSum.ts';
import type { Sample } from '../evidence/sample.ts';
import { clusterValues } from './clusterValues.ts';
import { type Judged, judged } from './judged.ts';
import { type QualityMetric, qualityOf } from './quality.ts';
import type { Levels } from './stepLevels.ts';
import { known } from './stepSamples.ts';
import { stepSummary } from './stepSummary.ts';

/** Clauses that speak of all trials of a run: traffic has no end that they could be counted to. */
const OF_RUNS: { readonly [name: string]: string } = {
  max_cost_usd: 'speaks of a whole run; max_cost_increase holds the cost of a step',
  max_errors: 'speaks of a whole run; max_error_increase holds the errors of a step',
  max_flaky_share: 'speaks of repeated trials, which traffic does not have',
};

/**
 * The clauses of the suite's gate for green's samples of the step, in the words of a run. A run that is below a minimum fails; a step is
 * undecided until an e-value shows that its version is, since it is looked at again and again.
 */
export function absoluteClauses(gate: GatePolicy, samples: readonly Sample[], levels: Levels): Judged[] {
  const { maxP95LatencyMs, minPassRate, minScore } = gate;
  const asked = samples.filter(({ quality }) => quality !== undefined);
  const rates: GatePolicy = {
    undecided: 'fail',
    judgeHealth: 'ignore',
    ...(minPassRate === undefined ? {} : { minPassRate }),
    ...(minScore === undefined ? {} : { minScore }),
  };

  const clauses: Judged[] = [];
  if (minPassRate !== undefined || minScore !== undefined)
    for (const clause of judgeRun(rates, stepSummary(asked)).clauses)
      clauses.push(rateClause(clause, gate, asked, levels));
  if (maxP95LatencyMs !== undefined)
    for (const clause of judgeRun(
      { undecided: 'fail', judgeHealth: 'ignore', maxP95LatencyMs },
      stepSummary(samples),
    ).clauses)
      if (clause.name === 'max_p95_latency_ms')
        clauses.push(latencyClause(clause, maxP95LatencyMs, samples, levels));
  return [...clauses, ...notAsked(gate)];
}

function rateClause(
  clause: GateClause,
  { minPassRate, minScore }: GatePolicy,
  samples: readonly Sample[],
  levels: Levels,
): Judged {
  const { name } = clause;
  const tag = /^min_pass_rate\[(.*)\]$/s.exec(name)?.[1];
  const min =
    tag !== undefined ? minPassRate?.tags[tag] : name === 'min_score' ? minScore : minPassRate?.overall;
  if (min === undefined || !/^min_/.test(name)) return { ...clause, passesEarly: true };

  if (samples.length === 0) return judged(name, 'undecided', 'no answer was evaluated');
  const metric: QualityMetric = name === 'min_score' ? 'score' : 'pass';
  const own = tag === undefined ? samples : samples.filter(({ tags }) => tags.includes(tag));
  const values = (filling: 'best' | 'worst') =>
    clusterValues(own, (sample) => qualityOf(sample, metric, filling));
  const least = leastOf(min);
  return shown(clause, {
    fails: logAgainstAtLeast(values('best'), least) >= levels.fail,
    passesEarly: logAgainstAtMost(values('worst'), least) >= levels.early,
  });
}

function latencyClause(clause: GateClause, max: number, samples: readonly Sample[], levels: Levels): Judged {
  const beyond = (unknown: number): Counted[] =>
    clusterValues(samples, ({ latencyMs, isError }) => {
      const latency = isError ? null : known(latencyMs);
      return latency === null ? unknown : Number(latency > max);
    });
  return shown(clause, {
    fails: logAgainstAtMost(beyond(0), 0.05) >= levels.fail,
    passesEarly: logAgainstAtLeast(beyond(1), 0.05) >= levels.early,
  });
}

function shown(
  { name, status, reason }: GateClause,
  { fails, passesEarly }: { fails: boolean; passesEarly: boolean },
): Judged {
  if (fails) return judged(name, 'fail', reason);
  if (status !== 'fail') return judged(name, status, reason, passesEarly);
  return judged(
    name,
    'undecided',
    `${reason} (more answers are needed to show that the version is beyond it)`,
  );
}

function notAsked(gate: GatePolicy): Judged[] {
  const given = {
    max_cost_usd: gate.maxCostUsd,
    max_errors: gate.maxErrors,
    max_flaky_share: gate.maxFlakyShare,
  };
  return Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [judged(name, 'not-asked', OF_RUNS[name] ?? '')],
  );
}

function leastOf(minimum: Minimum): number {
  return typeof minimum === 'number' ? minimum : minimum.min;
}
