import { counted, formatDuration } from '../../model/figures.ts';
import type { GatePolicy } from '../../model/gatePolicy.ts';
import type { GateClause } from '../../model/gateReport.ts';
import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { Evidence } from '../evidence/evidenceSource.ts';
import type { Sample } from '../evidence/sample.ts';
import type { StepReport } from '../evidence/stepReport.ts';
import { absoluteClauses } from './absoluteClauses.ts';
import { figureClauses } from './figureClauses.ts';
import { type Judged, judged } from './judged.ts';
import { costClause, latencyIncreaseClause } from './limitIncrease.ts';
import { type Compared, errorClause, qualityClauses, tagClause } from './relativeClauses.ts';
import { sideFigures } from './sideFigures.ts';
import { mismatchOf } from './splitClause.ts';
import { type Levels, levelsOf } from './stepLevels.ts';
import { StepSamples, type Stratum } from './stepSamples.ts';
import type { WatchedStep } from './watchedStep.ts';

/** As many clauses are named in a reason. */
const MAX_NAMED = 3;

/**
 * What the evidence of a step comes to now. It may be looked at as often as one likes: what fails is shown by bounds that hold at every
 * look, and nothing passes before the hold is over unless such a bound shows it. What was not measured is undecided. `gate` is that of
 * the suite; undefined where the deployment has none.
 */
export function judgeStep(
  config: DeploymentConfig,
  gate: GatePolicy | undefined,
  step: WatchedStep,
  evidence: Evidence,
  nowMs: number,
): StepReport {
  const { weight = 100, minSamples = 1 } = config.policy.steps[step.index] ?? {};
  const samples = new StepSamples(evidence.samples, step);
  const clauseTotal = clauseCount(config, gate, samples);
  const levels = levelsOf(config.policy, { clauses: clauseTotal, isOver: nowMs >= step.untilMs });
  const isEnough = samples.green.length >= minSamples && samples.green.length > 0;

  const clauses = [
    amount(samples.green.length, minSamples),
    ...evidence.problems.map((problem) => judged('evidence', 'undecided', problem)),
    ...(gate ? absoluteClauses(gate, samples.green, levels) : []),
    ...comparedClauses(config, gate, { samples, step, weight, minSamples, levels }),
    ...figureClauses(config.evidence, evidence.figures, isEnough),
  ];

  const outcome = outcomeOf(clauses, config, step, nowMs);
  return {
    ...outcome,
    clauses: clauses.map(({ name, status, reason }) => ({ name, status, reason })),
    blue: sideFigures(samples.blue),
    green: sideFigures(samples.green),
    minSamples,
  };
}

function amount(found: number, minSamples: number): Judged {
  const reason = `${counted(found, 'sample')} of the next version, at least ${Math.max(1, minSamples)} required`;
  const isEnough = found >= Math.max(1, minSamples);
  return judged('min_samples', isEnough ? 'pass' : 'undecided', reason, true);
}

interface Comparing {
  samples: StepSamples;
  step: WatchedStep;
  weight: number;
  minSamples: number;
  levels: Levels;
}

/** The clauses that hold green against blue. */
function comparedClauses(config: DeploymentConfig, gate: GatePolicy | undefined, by: Comparing): Judged[] {
  const { samples, step, levels } = by;
  const { maxErrorIncrease: max } = config.evidence;
  if (!step.hasBlue)
    return [errorClause({ green: samples.green, blue: [] }, { max, hasBlue: false, levels })];

  const mismatch = step.ignoresWeight ? null : mismatchOf(samples, by.weight);
  const compared = (stratum: Stratum) => ({
    green: samples.of('green', stratum),
    blue: samples.of('blue', stratum),
  });
  const ofKind = (isOf: (sample: Sample) => boolean, judge: (pair: Compared) => Judged[]) =>
    strataOf(samples, by.minSamples, isOf).flatMap(({ stratum, decides }) => {
      const judgedNow = judge(compared(stratum));
      const own = samples.isEarlier(stratum) ? judgedNow.map(ofEarlier) : judgedNow;
      // What does not decide may still show that the version is bad.
      return decides ? own : own.filter(({ status }) => status === 'fail');
    });

  const found = [
    ...ofKind(
      () => true,
      (pair) => limitsOf(config, pair, levels),
    ),
    // What an agent took is known of what was asked for it, and seldom of its traffic.
    ...ofKind(
      ({ costUsd }) => costUsd !== null,
      (pair) => (gate?.maxCostIncrease === undefined ? [] : [costClause(pair, gate.maxCostIncrease, levels)]),
    ),
    ...ofKind(
      ({ quality }) => quality !== undefined,
      (pair) => (gate && config.evidence.share > 0 ? qualityClauses(gate, pair, levels) : []),
    ),
    // Cases carry tags, and traffic hardly ever does.
    ...(gate && config.evidence.share > 0 ? (gate.noRegression ?? []) : []).flatMap((tag) =>
      ofKind(
        ({ quality, tags }) => quality !== undefined && tags.includes(tag),
        (pair) => (gate ? [tagClause(tag, gate, pair, levels)] : []),
      ),
    ),
  ];
  if (mismatch !== null) return [judged('sample_ratio', 'undecided', mismatch), ...found.map(voided)];
  return found;
}

/** Traffic decides where there is enough of it, or nothing else; golden cases that were asked of both decide in its place. */
function strataOf(
  samples: StepSamples,
  minSamples: number,
  isOf: (sample: Sample) => boolean,
): { stratum: Stratum; decides: boolean }[] {
  const live = samples.of('green', 'live').filter(isOf).length;
  const hasGolden = samples.strata.includes('golden');
  const byGolden = live < minSamples && hasGolden;
  const strata = [{ stratum: 'live' as const, decides: !byGolden }];
  return hasGolden ? [...strata, { stratum: 'golden' as const, decides: byGolden }] : strata;
}

function limitsOf(
  { evidence: { maxErrorIncrease, maxLatencyIncrease } }: DeploymentConfig,
  compared: Compared,
  levels: Levels,
): Judged[] {
  const clauses = [errorClause(compared, { max: maxErrorIncrease, hasBlue: true, levels })];
  if (maxLatencyIncrease !== undefined)
    clauses.push(latencyIncreaseClause(compared, maxLatencyIncrease, levels));
  return clauses;
}

function voided(clause: Judged): Judged {
  return judged(
    clause.name,
    'undecided',
    `${clause.reason}: void, as the traffic was not divided by its weights`,
  );
}

function ofEarlier({ name, status, reason, passesEarly }: Judged): Judged {
  return judged(
    name,
    status,
    `${reason} (the current version before this step, as it gets no traffic now)`,
    passesEarly,
  );
}

/** How many clauses could show that the version is bad, in both kinds of samples. */
function clauseCount(config: DeploymentConfig, gate: GatePolicy | undefined, samples: StepSamples): number {
  const {
    minPassRate,
    minScore,
    maxP95LatencyMs,
    nonInferiorityMargin,
    noRegression = [],
    maxCostIncrease,
  } = gate ?? {};
  const absolute =
    Number(minPassRate?.overall !== undefined) +
    Object.keys(minPassRate?.tags ?? {}).length +
    Number(minScore !== undefined) +
    Number(maxP95LatencyMs !== undefined);
  const quality =
    gate && config.evidence.share > 0
      ? 2 + (nonInferiorityMargin === undefined ? 0 : 2) + noRegression.length
      : 0;
  const relative =
    1 +
    quality +
    Number(maxCostIncrease !== undefined) +
    Number(config.evidence.maxLatencyIncrease !== undefined);
  return absolute + relative * Math.max(1, samples.strata.length);
}

function outcomeOf(
  clauses: readonly Judged[],
  { policy }: DeploymentConfig,
  { sinceMs, untilMs }: WatchedStep,
  nowMs: number,
): Pick<StepReport, 'status' | 'reason'> {
  const failed = clauses.filter(({ status }) => status === 'fail');
  if (failed.length > 0) return { status: 'fail', reason: sentence(failed) };

  const open = clauses.filter(({ status }) => status === 'undecided');
  if (open.length > 0) return { status: 'undecided', reason: sentence(open) };
  if (nowMs >= untilMs) return { status: 'pass', reason: null };

  const left = formatDuration(untilMs - nowMs);
  const { earlyPassMs } = policy;
  if (earlyPassMs === undefined || nowMs < sinceMs + earlyPassMs)
    return { status: 'undecided', reason: `nothing speaks against it so far; the hold lasts ${left} more` };

  const waiting = clauses.filter(({ status, passesEarly }) => status === 'pass' && !passesEarly);
  if (waiting.length === 0) return { status: 'pass', reason: null };
  return {
    status: 'undecided',
    reason: `nothing speaks against it so far; ${waiting.map(({ name }) => name).join(', ')} cannot be shown before the hold is over, which lasts ${left} more`,
  };
}

function sentence(clauses: readonly GateClause[]): string {
  const named = clauses
    .slice(0, MAX_NAMED)
    .map(({ name, status, reason }) => `${name}: ${status === 'undecided' ? 'undecided, ' : ''}${reason}`);
  const more = clauses.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
