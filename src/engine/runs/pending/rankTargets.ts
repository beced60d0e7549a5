import type { Contender, Evaluator } from '../../evaluators/evaluator.ts';
import { defined } from '../../model/defined.ts';
import type { Evaluation, Score } from '../../model/evaluation.ts';
import { standsIn } from '../../model/replySource.ts';
import type { TrialResult } from '../../model/result.ts';

/**
 * The results of one case and trial, ranked by those of their evaluators that rank targets. `before` are results of an
 * earlier attempt, which take part and are not changed. The best keeps its verdict and its score; every other target
 * fails with score 0, as in promptfoo; where nothing could be ranked, all that had passed are errors. A weight of 0
 * leaves the verdicts as they are.
 */
export function rankTargets(
  results: readonly TrialResult[],
  before: readonly TrialResult[],
  evaluators: readonly Evaluator[],
): TrialResult[] {
  let ranked = [...results];
  for (const evaluator of evaluators) {
    if (!evaluator.ranks) continue;

    const specs = evaluators.map(({ spec }) => spec);
    const field = [...before, ...ranked]
      .filter(({ output, status }) => output.status === 'complete' && !isUnscored(output, status))
      .map(({ target, evaluations, status }): Contender => {
        return { target, evaluations, specs, failed: status === 'failed' };
      });

    const scores = evaluator.ranks(field);
    ranked = ranked.map((result) => {
      const score = scores.get(result.target);
      return score ? withRank(result, score, evaluator) : result;
    });
  }

  return ranked;
}

/** A fallback answered, and that does not count. */
function isUnscored({ source }: TrialResult['output'], status: TrialResult['status']): boolean {
  return standsIn(source) && status === 'errored';
}

function withRank(result: TrialResult, score: Score, { spec, stage }: Evaluator): TrialResult {
  const { name, type, weight, metric, location } = spec;
  const evaluation: Evaluation = {
    ...score,
    name,
    type,
    stage,
    weight,
    latencyMs: 0,
    ...defined({ metric, location }),
  };

  const told = { ...result, evaluations: [...result.evaluations, evaluation] };
  if (weight === 0 || score.status === 'skipped') return told;

  const reason = `${name}: ${score.reason}`;
  if (score.status === 'error') {
    return result.status === 'passed' ? { ...told, status: 'errored', score: null, reason } : told;
  }

  if (score.pass) return told;

  return result.status === 'passed'
    ? { ...told, status: 'failed', score: 0, reason }
    : { ...told, score: result.score === null ? null : 0 };
}
