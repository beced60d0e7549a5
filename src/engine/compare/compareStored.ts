import { UsageError } from '../errors.ts';
import type { Comparison, SequentialProgress } from '../model/comparison.ts';
import { counted } from '../model/figures.ts';
import type { GatePolicy } from '../model/gatePolicy.ts';
import type { GateReport } from '../model/gateReport.ts';
import type { RunPlan } from '../model/run.ts';
import { summarize } from '../runs/tally/summarize.ts';
import type { RunStore } from '../store/runStore.ts';
import { judgesForGate } from './evaluators/judgesOfRun.ts';
import { type GatedComparison, judgeComparison } from './gate/comparisonGate.ts';
import { type CasesCompared, compareCases } from './pairs/compareCases.ts';
import { clusterOf } from './pairs/differences.ts';
import { type Pairing, pairCases, type TargetPair } from './pairs/pairCases.ts';
import type { Spread } from './pairs/spread.ts';
import { countedSide, sourcesNotes } from './sides/sideSources.ts';
import { describeSide, type OpenedSide, openStoredSide, type StoredSide } from './sides/storedSide.ts';
import { ALPHA, isSignificant } from './verdict/comparisonWord.ts';

/** Where neither the person nor the gate names a margin. */
export const DEFAULT_MARGIN = 0.05;

export interface StoredComparison {
  baseline: StoredSide;
  candidate: StoredSide;
  pairs: readonly TargetPair[];
  /** The policy of the candidate's run where absent; null asks for none. */
  gate?: GatePolicy | null;
  /** The policy's where absent, else 0.05. */
  margin?: number;
  /** Both sides are the very same thing. */
  same: boolean;
  reused?: { baseline: number; candidate: number };
  /** Set for a comparison that was looked at while it ran: the cases looked at, in the order drawn. */
  sequential?: {
    caseIds: readonly string[];
    progress: SequentialProgress;
    /** The cases are a part of more that nobody has planned: what is the same so far is not identical. */
    open?: true;
  };
  notes?: readonly string[];
}

/**
 * Compares two sides whose results are stored. Throws ResumeError when a run is not there, UsageError when the
 * two were scored by different evaluators.
 */
export function compareStored(store: RunStore, request: StoredComparison): Comparison {
  const [before, after] = [
    countedSide(openStoredSide(store, request.baseline)),
    countedSide(openStoredSide(store, request.candidate)),
  ];
  const [baseline, candidate] = [before.side, after.side];
  const { plan } = candidate.run;
  ensureSameEvaluators(request, baseline.run.plan, plan);

  const pairing = pairCases(
    withKnownContent(baseline, plan),
    withKnownContent(candidate, baseline.run.plan),
    request.pairs,
  );
  const sources = { baseline: before.sources(), candidate: after.sources() };
  const cases = request.sequential ? inOrder(pairing.cases, request.sequential.caseIds) : pairing.cases;

  const policy = request.gate === undefined ? plan.gate : request.gate;
  const margin = request.margin ?? policy?.nonInferiorityMargin ?? DEFAULT_MARGIN;
  const progress = request.sequential?.progress ?? null;
  const unseen = request.sequential ? 0 : unseenPairs(baseline, candidate, pairing);

  const { spread, filled, ...compared } = compareCases(cases, {
    margin,
    seed: plan.seed,
    sequential: request.sequential !== undefined,
    same: request.same,
    unseen,
    partial: request.sequential?.open ?? (progress !== null && progress.pairs < progress.planned),
  });

  const counts = {
    pairs: cases.length,
    ...changesOf(cases),
    clusters: new Set(cases.map(clusterOf)).size,
    unseen,
    // Of a comparison that stopped early, what was under way on one side is no finding.
    baselineOnly: request.sequential ? 0 : pairing.baselineOnly,
    candidateOnly: request.sequential ? 0 : pairing.candidateOnly,
    changedContent: pairing.changedContent,
  };
  const judged = { ...compared, cases, counts, sequential: progress };

  return {
    suite: plan.suite,
    dataset: { path: plan.dataset.path, version: plan.dataset.version },
    baseline: describeSide(request.baseline, baseline.run, request.reused?.baseline ?? 0, sources.baseline),
    candidate: describeSide(
      request.candidate,
      candidate.run,
      request.reused?.candidate ?? 0,
      sources.candidate,
    ),
    margin,
    ...judged,
    gate: policy ? gateOf(store, policy, { ...judged, filled }, candidate, request.candidate) : null,
    notes: [
      ...(request.notes ?? []),
      ...(progress?.stopped ? [STOPPED] : []),
      ...sourcesNotes(sources, cases),
      ...notesOn(counts, baseline.run.plan, plan),
      ...spreadNotes(spread, compared.metrics),
      ...(request.sequential
        ? []
        : missingOf(store, new Set([request.baseline.runId, request.candidate.runId]))),
    ],
  };
}

const STOPPED =
  'Stopped early: the difference may look larger than it is, since it stopped where it looked large; the interval holds.';

function changesOf(cases: Comparison['cases']) {
  const counts = { improved: 0, degraded: 0, neutral: 0, unmeasured: 0 };
  for (const { change } of cases) counts[change] += 1;
  return counts;
}

/** Pairs that were planned and of which neither side has a result: none where one of them is whole. */
function unseenPairs(baseline: OpenedSide, candidate: OpenedSide, pairing: Pairing): number {
  if (baseline.planned?.whole || candidate.planned?.whole) return 0;
  const { cases, changedContent } = pairing;
  const planned = Math.min(baseline.plannedCases, candidate.plannedCases);
  return Math.max(0, planned - cases.length - changedContent);
}

/** Cases need not be read again where both runs had the very same dataset. */
function withKnownContent(side: OpenedSide, other: RunPlan): OpenedSide {
  if (side.run.plan.dataset.contentHash !== other.dataset.contentHash) return side;
  return { ...side, contentOf: () => '' };
}

function inOrder(cases: Comparison['cases'], caseIds: readonly string[]): Comparison['cases'] {
  const casesOf = Map.groupBy(cases, ({ caseId }) => caseId);
  return caseIds.flatMap((id) => casesOf.get(id) ?? []);
}

function gateOf(
  store: RunStore,
  policy: GatePolicy,
  judged: GatedComparison,
  side: OpenedSide,
  request: StoredSide,
): GateReport {
  const summary = summaryOf(side, request);
  const judges = judgesForGate(store, side.run, policy, summary, () => side.results());
  return judgeComparison(policy, judged, summary, judges);
}

/** The candidate's own figures, as if its targets had been run alone. */
function summaryOf({ run, results }: OpenedSide, side: StoredSide) {
  const targets = run.plan.targets.filter(({ name }) => side.targets.includes(name));
  const trials = (run.plan.trials / run.plan.targets.length) * targets.length;
  return summarize({ ...run.plan, targets, trials }, results());
}

function ensureSameEvaluators(request: StoredComparison, before: RunPlan, after: RunPlan): void {
  if (before.evaluatorsHash === after.evaluatorsHash) return;
  throw new UsageError(
    `${request.baseline.label} and ${request.candidate.label} were scored by different evaluators, so their results cannot be compared`,
    {
      remedy:
        'Run both sides again with the evaluators of today, e.g. by naming a revision or target instead of a run.',
    },
  );
}

function missingOf(store: RunStore, runIds: ReadonlySet<string>): string[] {
  return [...runIds].flatMap((id) => {
    const { passed, failed, errored } = store.counts(id);
    const missing = store.getRun(id).plan.trials - passed - failed - errored;
    return missing > 0
      ? [`Run ${id} is not complete: ${counted(missing, 'trial is', 'trials are')} missing.`]
      : [];
  });
}

function notesOn(counts: Comparison['counts'], before: RunPlan, after: RunPlan): string[] {
  const { baselineOnly, candidateOnly, changedContent, unmeasured, unseen } = counts;
  const left = (count: number, one: string, several: string, why: string) =>
    count === 0 ? [] : [`${counted(count, `case ${one}`, `cases ${several}`)} ${why}.`];
  return [
    ...left(baselineOnly, 'is', 'are', 'in the baseline only, so not compared'),
    ...left(candidateOnly, 'is', 'are', 'in the candidate only, so not compared'),
    ...left(changedContent, 'differs', 'differ', 'between the two datasets, so not compared'),
    ...left(unmeasured, 'was', 'were', 'not measured on both sides'),
    ...left(unseen, 'was', 'were', 'not run on either side'),
    ...(before.repeat === after.repeat
      ? []
      : [`The baseline has ${counted(before.repeat, 'trial')} of each case, the candidate ${after.repeat}.`]),
    ...(before.seed === after.seed ? [] : ['The two runs had different seeds.']),
  ];
}

/** That the scores lie further apart, or closer together, where nothing else tells the sides apart. */
function spreadNotes(spread: Spread | null, metrics: CasesCompared['metrics']): string[] {
  if (!spread || spread.p > ALPHA || metrics.some(isSignificant)) return [];
  const how = spread.candidate > spread.baseline ? 'vary more' : 'vary less';
  const sizes = `standard deviation ${spread.candidate.toFixed(3)}, was ${spread.baseline.toFixed(3)}`;
  return [
    `Only the spread differs: the candidate's scores ${how} from case to case (${sizes}; p = ${spread.p.toPrecision(2)}). The verdict is about means.`,
  ];
}
