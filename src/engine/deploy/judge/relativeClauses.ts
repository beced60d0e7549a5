import { DEFAULT_MARGIN } from '../../compare/compareStored.ts';
import { percent, percentLimit } from '../../compare/gate/clauseText.ts';
import { counted } from '../../model/figures.ts';
import type { GatePolicy } from '../../model/gatePolicy.ts';
import { logAgainstNotGreater, logAgainstNotLess } from '../../statistics/capital.ts';
import type { Counted } from '../../statistics/exponentialSum.ts';
import { notLessP } from '../../statistics/unpairedShares.ts';
import type { Sample } from '../evidence/sample.ts';
import type { Side } from '../sides.ts';
import { clusterValues, meanOf, sizeOf } from './clusterValues.ts';
import { clauseOf, type Judged, judged, type Shown } from './judged.ts';
import { moreAnswers } from './moreAnswers.ts';
import { type QualityMetric, qualityOf } from './quality.ts';
import type { Levels } from './stepLevels.ts';

/** The samples of both sides, which are of one kind. */
export interface Compared {
  green: readonly Sample[];
  blue: readonly Sample[];
}

/** How bad each session was, 0 to 1. */
interface Badness {
  green: readonly Counted[];
  blue: readonly Counted[];
}

/** Errors are known of every answer. Without a version before, the limit is that of the errors themselves. */
export function errorClause(
  { green, blue }: Compared,
  { max, hasBlue, levels }: { max: number; hasBlue: boolean; levels: Levels },
): Judged {
  const name = 'max_error_increase';
  const bad = (samples: readonly Sample[]) => clusterValues(samples, ({ isError }) => Number(isError));
  const [ours, theirs] = [bad(green), hasBlue ? bad(blue) : [{ value: 0, count: 1_000_000 }]];
  const [after, before] = [meanOf(ours), meanOf(theirs)];
  if (after === null || before === null)
    return judged(
      name,
      'undecided',
      `no answer of the ${after === null ? 'next' : 'current'} version was measured`,
    );

  const reason = hasBlue
    ? `errors ${percent(after)} of ${sizeOf(ours)}, now ${percent(before)} of ${sizeOf(theirs)}; at most +${percentLimit(max)} allowed`
    : `errors ${percent(after)} of ${sizeOf(ours)}, at most ${percentLimit(max)} allowed`;
  // Where nothing is answered on either side, something else is broken: nothing is shown of the version.
  if (after === 1 && before === 1)
    return judged(name, 'undecided', 'every answer of both versions is an error: nothing was measured');
  return boundClause(name, { green: ours, blue: theirs }, { margin: max, levels, reason });
}

/** The clauses of the gate that speak of a baseline, for the quality of answers. */
export function qualityClauses(gate: GatePolicy, compared: Compared, levels: Levels): Judged[] {
  const { nonInferiorityMargin: margin, allowRegression = [] } = gate;
  const clauses: Judged[] = [];
  for (const metric of ['pass', 'score'] as const) {
    if (!allowRegression.includes(metric))
      clauses.push(regression(metric, compared, margin ?? DEFAULT_MARGIN, levels));
    if (margin !== undefined) clauses.push(nonInferior(metric, compared, margin, levels));
  }
  return clauses;
}

const WORDS: { readonly [metric in QualityMetric]: string } = { pass: 'pass rate', score: 'mean score' };

/** Never laxer than a verdict: what is shown to be worse fails. */
function regression(metric: QualityMetric, compared: Compared, margin: number, levels: Levels): Judged {
  const name = `regression[${metric}]`;
  const reason = reasonFor(metric, compared);
  if (reason === null) return unmeasured(name, compared);
  const bad = badness(metric, compared);
  if (notWorse(bad, 0, levels).fails) return judged(name, 'fail', `${reason}: shown to be worse`);
  // What could not be evaluated might hide more than a margin.
  if (notWorse({ green: bad.worstGreen, blue: bad.bestBlue }, margin, levels).fails)
    return judged(name, 'undecided', `${reason}: too many answers could not be evaluated`);
  return judged(name, 'pass', `${reason}: not shown to be worse`, true);
}

function nonInferior(metric: QualityMetric, compared: Compared, margin: number, levels: Levels): Judged {
  const name = `non_inferiority_margin[${metric}]`;
  const reason = reasonFor(metric, compared);
  if (reason === null) return unmeasured(name, compared);
  return boundClause(name, badness(metric, compared), {
    ...{ margin, levels },
    reason: `${reason}, against a margin of ${margin}`,
  });
}

/** Where it is undecided, it says how many more answers would decide it. */
function boundClause(
  name: string,
  groups: Badness & Partial<WorstCase>,
  { margin, levels, reason }: { margin: number; levels: Levels; reason: string },
): Judged {
  const shown = notWorse(groups, margin, levels);
  if (shown.fails || shown.passes || !levels.isOver) return clauseOf(name, shown, reason);

  const { worstGreen: green = groups.green, bestBlue: blue = groups.blue } = groups;
  const more = moreAnswers({ green, blue }, (grown) => {
    const { fails, passes } = notWorse(grown, margin, levels);
    return fails || passes;
  });
  const clause = clauseOf(name, shown, reason);
  if (more === null) return clause;
  return {
    ...clause,
    reason: `${clause.reason}; about ${counted(more, 'more answer')} of the next version would decide it`,
  };
}

/** Cases of live traffic have no pairs: the tag's pass rate must not be shown to fall, and be shown not to fall by the margin. */
export function tagClause(tag: string, gate: GatePolicy, all: Compared, levels: Levels): Judged {
  const margin = gate.nonInferiorityMargin ?? DEFAULT_MARGIN;
  const ofTag = (samples: readonly Sample[]) => samples.filter(({ tags }) => tags.includes(tag));
  const compared = { green: ofTag(all.green), blue: ofTag(all.blue) };
  const name = `no_regression[${tag}]`;
  const reason = reasonFor('pass', compared);
  if (reason === null)
    return judged(name, 'undecided', `no answer with this tag was measured on ${missingSide(compared)}`);
  const bad = badness('pass', compared);
  const { passes, passesEarly } = notWorse(bad, margin, levels);
  return clauseOf(name, { fails: notWorse(bad, 0, levels).fails, passes, passesEarly }, reason);
}

/**
 * Whether green's mean badness is shown to exceed blue's by more than `margin`, and whether it is shown not to reach that. What could not
 * be measured speaks for green when it may fail, and against it when it may pass.
 */
function notWorse(
  { green, blue, ...worst }: Badness & Partial<WorstCase>,
  margin: number,
  levels: Levels,
): Shown {
  const { worstGreen = green, bestBlue = blue } = worst;
  const fails =
    sizeOf(green) > 0 && sizeOf(blue) > 0 && logAgainstNotGreater(green, blue, margin) >= levels.fail;
  const early = logAgainstNotLess(worstGreen, bestBlue, margin);
  return {
    fails,
    passes: !fails && notLessP(worstGreen, bestBlue, margin) <= levels.pass,
    passesEarly: !fails && early >= levels.early,
  };
}

interface WorstCase {
  worstGreen: readonly Counted[];
  bestBlue: readonly Counted[];
}

function badness(metric: QualityMetric, { green, blue }: Compared): Badness & WorstCase {
  const bad = (samples: readonly Sample[], filling: 'best' | 'worst') =>
    clusterValues(samples, (sample) => {
      const value = qualityOf(sample, metric, filling);
      return value === null ? null : 1 - value;
    });
  return {
    ...{ green: bad(green, 'best'), worstGreen: bad(green, 'worst') },
    ...{ blue: bad(blue, 'worst'), bestBlue: bad(blue, 'best') },
  };
}

/** Null where a side was not measured. */
function reasonFor(metric: QualityMetric, compared: Compared): string | null {
  if (missingSide(compared) !== null) return null;
  const of = (side: Side) =>
    meanOf(
      clusterValues(compared[side], (sample) => (sample.quality ? qualityOf(sample, metric, 'worst') : null)),
    );
  const [after, before] = [of('green'), of('blue')];
  if (after === null || before === null) return null;
  const text = (value: number) => (metric === 'pass' ? percent(value) : value.toFixed(3));
  return `${WORDS[metric]} ${text(after)}, now ${text(before)}`;
}

function missingSide({ green, blue }: Compared): string | null {
  const has = (samples: readonly Sample[]) => samples.some(({ quality }) => quality);
  if (has(green) && has(blue)) return null;
  return has(green) ? 'the current version' : has(blue) ? 'the next version' : 'either version';
}

function unmeasured(name: string, compared: Compared): Judged {
  return judged(name, 'undecided', `no answer of ${missingSide(compared)} was evaluated`);
}
