import { unscoredFallbacks } from '../../model/answerSources.ts';
import { counted } from '../../model/figures.ts';
import type { GatePolicy } from '../../model/gatePolicy.ts';
import type { GateClause } from '../../model/gateReport.ts';
import type { GroupSummary, RunSummary } from '../../model/summary.ts';
import { dollars, percent, percentLimit, ROUNDING } from './clauseText.ts';

/**
 * Clauses on what must not be exceeded: cost, latency, flaky cases, errors. Each figure is known between two bounds,
 * with what could not be measured taken for the best and for the worst: it fails when even the best is too much,
 * passes when the worst is not, and is undecided in between.
 */
export function limitClauses(policy: GatePolicy, summary: RunSummary): GateClause[] {
  const { maxCostUsd, maxP95LatencyMs, maxFlakyShare, maxErrors } = policy;
  const clauses: GateClause[] = [];
  if (maxCostUsd !== undefined) clauses.push(cost(summary, maxCostUsd));
  if (maxP95LatencyMs !== undefined) clauses.push(latency(summary.total, maxP95LatencyMs));
  if (maxFlakyShare !== undefined) clauses.push(flaky(summary.total, maxFlakyShare));
  if (maxErrors !== undefined) clauses.push(errors(summary.total, maxErrors));
  return clauses;
}

/** What the run cost altogether: targets and judges. What a target would have cost in place of its fallback is unknown. */
function cost({ total, cascade, sources }: RunSummary, max: number): GateClause {
  const name = 'max_cost_usd';
  const low = (total.costUsd ?? 0) + (cascade.judgeCostUsd ?? 0);
  const replaced = unscoredFallbacks(sources);
  const known = total.costUsd === null ? 'unknown' : dollars(low);
  const unknown =
    total.unknownCosts > 0
      ? `the cost of ${counted(total.unknownCosts, 'trial')} is unknown`
      : cascade.judgeCostUsd === null
        ? 'the cost of the judge is unknown'
        : replaced > 0
          ? `what ${counted(replaced, 'answer')} of fallbacks would have cost the target is unknown`
          : null;
  const high = unknown === null && total.trials > 0 ? low : null;
  const reason = `cost ${known}, at most ${dollars(max)} allowed`;
  return atMost(name, { low, high }, max, reason, unknown ?? 'nothing was run');
}

function latency(total: GroupSummary, max: number): GateClause {
  const name = 'max_p95_latency_ms';
  const { p95Bounds: bounds, latencyMs } = total;
  if (!bounds || !latencyMs) return { name, status: 'undecided', reason: 'the p95 latency is unknown' };
  const reason = `p95 latency ${latencyMs.p95.toFixed(0)} ms, at most ${max} ms allowed`;
  return atMost(
    name,
    bounds,
    max,
    reason,
    'not every trial gave a complete output, and the others may be slower',
  );
}

function flaky(total: GroupSummary, max: number): GateClause {
  const name = 'max_flaky_share';
  const { flakyCases, maybeFlakyCases, cases, passHatK } = total;
  if (passHatK.length < 2)
    return { name, status: 'undecided', reason: 'needs repeat: 2 or more to see whether cases are flaky' };
  const bounds = { low: flakyCases / cases, high: (flakyCases + maybeFlakyCases) / cases };
  const reason = `${percent(bounds.low, max)} of the cases are flaky, at most ${percentLimit(max)} allowed`;
  const open = `${counted(maybeFlakyCases, 'more case')} may be, with trials that errored`;
  return atMost(name, bounds, max, reason, open);
}

function errors({ errored }: GroupSummary, max: number): GateClause {
  const reason = `${counted(errored, 'errored trial')}, at most ${max} allowed`;
  return { name: 'max_errors', status: errored > max ? 'fail' : 'pass', reason };
}

function atMost(
  name: string,
  { low, high }: { low: number; high: number | null },
  max: number,
  reason: string,
  open: string,
): GateClause {
  if (Number.isNaN(low)) return { name, status: 'undecided', reason };
  if (low > max + ROUNDING) return { name, status: 'fail', reason };
  if (high !== null && high <= max + ROUNDING) return { name, status: 'pass', reason };
  return { name, status: 'undecided', reason: `${reason} (${open})` };
}
