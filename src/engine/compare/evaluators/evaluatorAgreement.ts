import type { EvaluatorAgreement, EvaluatorDifference } from '../../model/evaluatorStudy.ts';
import type { TrialResult } from '../../model/result.ts';
import { cohensKappa, krippendorffAlpha } from '../../statistics/agreement.ts';
import { pearson, spearman } from '../../statistics/correlation.ts';
import { orderSwaps, selfPreference, wroteItself } from './judgeBias.ts';
import { type Rating, ratingOf } from './ratings.ts';

/** Scores this close count as the same. */
const CLOSE = 0.1;
const ROUNDING = 1e-9;
/** Scores are sorted into this many equal bands for the weighted kappa. */
const BANDS = 5;

/** One output, as both evaluators saw it. */
interface RatedOutput {
  result: TrialResult;
  /** Where the second rating stands: the same result, or that of another run. */
  other: TrialResult;
  first: Rating;
  second: Rating;
}

export interface AgreementOptions {
  first: string;
  second: string;
  /** A person's verdict on an output; undefined where there is none. */
  labelOf?: (result: TrialResult) => boolean | undefined;
}

/**
 * How two evaluators judge the same outputs. `second` may come from another run of the same outputs: results are
 * taken from `others` where given, by target, case and trial. The verdicts of the run are not changed.
 */
export function compareEvaluators(
  results: Iterable<TrialResult>,
  { first, second, labelOf = () => undefined }: AgreementOptions,
  others?: Iterable<TrialResult>,
): EvaluatorAgreement {
  const partner = others ? new Map([...others].map((result) => [keyOf(result), result])) : undefined;
  const rated: RatedOutput[] = [];
  let oneSided = 0;
  for (const result of results) {
    const one = ratingOf(result, first);
    const other = partner ? partner.get(keyOf(result)) : result;
    const two = other && other.output.text === result.output.text ? ratingOf(other, second) : undefined;
    if (one && two && other) rated.push({ result, other, first: one, second: two });
    else if (one || two) oneSided += 1;
  }
  return describe(rated, oneSided, first, second, labelOf);
}

function describe(
  rated: readonly RatedOutput[],
  oneSided: number,
  first: string,
  second: string,
  labelOf: (result: TrialResult) => boolean | undefined,
): EvaluatorAgreement {
  const [x, y] = [rated.map((entry) => entry.first.score), rated.map((entry) => entry.second.score)];
  const lengths = rated.map(({ result }) => result.output.text.length);

  const labelled = rated.flatMap((entry) => {
    const label = labelOf(entry.result);
    return label === undefined ? [] : [{ ...entry, label }];
  });

  const bands = rated.map((entry) => [band(entry.first.score), band(entry.second.score)] as const);
  return {
    first,
    second,
    outputs: rated.length,
    oneSided,
    within: share(rated, (entry) => Math.abs(entry.first.score - entry.second.score) <= CLOSE + ROUNDING),
    samePass: share(rated, (entry) => entry.first.pass === entry.second.pass),
    kappa: cohensKappa(
      rated.map((entry) => [Number(entry.first.pass), Number(entry.second.pass)]),
      2,
    ),
    weightedKappa: cohensKappa(bands, BANDS, 'quadratic'),
    alpha: krippendorffAlpha(
      rated.map((entry) => [entry.first.score, entry.second.score]),
      'interval',
    ),
    pearson: pearson(x, y),
    spearman: spearman(x, y),
    labelled: labelled.length,
    accuracy: {
      first: share(labelled, (entry) => entry.first.pass === entry.label),
      second: share(labelled, (entry) => entry.second.pass === entry.label),
    },
    lengthBias: { first: spearman(x, lengths), second: spearman(y, lengths) },
    positionBias: {
      first: positionBias(rated, 'first', first),
      second: positionBias(rated, 'second', second),
    },
    selfPreference: {
      first: ownPreference(rated, labelled, 'first', first),
      second: ownPreference(rated, labelled, 'second', second),
    },
    costUsd: { first: meanCost(rated, 'first'), second: meanCost(rated, 'second') },
    latencyMs: {
      first: mean(rated.map((entry) => entry.first.latencyMs)),
      second: mean(rated.map((entry) => entry.second.latencyMs)),
    },
    differences: differencesOf(rated),
  };
}

function positionBias(rated: readonly RatedOutput[], side: 'first' | 'second', name: string): number | null {
  const { choices, lean } = orderSwaps(
    rated.map((entry) => (side === 'first' ? entry.result : entry.other)),
    name,
  );
  return choices === 0 ? null : lean / choices;
}

/** Against labels where they are, else against the other evaluator. */
function ownPreference(
  rated: readonly RatedOutput[],
  labelled: readonly (RatedOutput & { label: boolean })[],
  side: 'first' | 'second',
  name: string,
): number | null {
  const own = (entry: RatedOutput) => wroteItself(side === 'first' ? entry.result : entry.other, name);
  const against = selfPreference(
    labelled.map((entry) => ({ own: own(entry), excess: entry[side].score - Number(entry.label) })),
  );
  if (against !== null) return against;
  const reference = side === 'first' ? 'second' : 'first';
  return selfPreference(
    rated.map((entry) => ({ own: own(entry), excess: entry[side].score - entry[reference].score })),
  );
}

function differencesOf(rated: readonly RatedOutput[]): EvaluatorDifference[] {
  const distance = (entry: RatedOutput) =>
    Math.abs(entry.first.score - entry.second.score) + (entry.first.pass === entry.second.pass ? 0 : 1);
  return rated
    .filter((entry) => distance(entry) > CLOSE + ROUNDING)
    .sort((a, b) => distance(b) - distance(a))
    .map(({ result, first, second }) => ({
      target: result.target,
      caseId: result.caseId,
      trial: result.trial,
      first: { score: first.score, pass: first.pass, reason: first.reason },
      second: { score: second.score, pass: second.pass, reason: second.reason },
    }));
}

function keyOf({ target, caseId, trial }: TrialResult): string {
  return `${target}\0${caseId}\0${trial}`;
}

function band(score: number): number {
  return Math.min(BANDS - 1, Math.floor(score * BANDS));
}

/** Null where any cost is unknown. */
function meanCost(rated: readonly RatedOutput[], side: 'first' | 'second'): number | null {
  const costs = rated.map((entry) => entry[side].costUsd).filter((cost) => cost !== null);
  return costs.length === rated.length ? mean(costs) : null;
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number | null {
  return items.length === 0 ? null : items.filter(holds).length / items.length;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
