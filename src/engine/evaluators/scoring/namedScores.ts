import type { Evaluation } from '../../model/evaluation.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';

/**
 * The weighted mean of every metric, 0–1, as promptfoo's `AssertionsResult` has it: a metric whose assertions all weigh
 * 0 is 0, and the metrics of a set's assertions count with the weight of the set. What was not scored does not count.
 */
export function namedScores(evaluations: readonly Evaluation[]): JsonObject {
  const sums = new Map<string, { score: number; weight: number }>();
  const add = (metric: string, score: number, weight: number): void => {
    const sum = sums.get(metric) ?? { score: 0, weight: 0 };
    sums.set(metric, { score: sum.score + score * weight, weight: sum.weight + weight });
  };

  for (const evaluation of evaluations) {
    if (evaluation.status !== 'scored') continue;
    const { metric, score, weight } = evaluation;
    if (metric) add(metric, score, weight);
    for (const member of membersOf(evaluation))
      if (member.metric !== metric) add(member.metric, member.score, member.weight * weight);
  }

  return Object.fromEntries(
    [...sums].map(([metric, { score, weight }]) => [metric, weight > 0 ? score / weight : 0]),
  );
}

function membersOf({ type, detail }: Evaluation & { status: 'scored' }) {
  if (type !== 'assert-set' || !Array.isArray(detail)) return [];
  return detail.filter(isJsonObject).flatMap(({ status, metric, score, weight = 1 }) => {
    if (status !== 'scored' || typeof metric !== 'string' || metric === '') return [];
    return [{ metric, score: Number(score), weight: Number(weight) }];
  });
}
