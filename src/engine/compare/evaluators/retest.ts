import type { TrialResult } from '../../model/result.ts';
import { freshRatingOf } from './ratings.ts';

/** Passes of a judge, 0 or 1, of each output that was judged in both runs. */
export function judgedAgain(
  results: readonly TrialResult[],
  again: readonly TrialResult[],
  judge: string,
): [number, number][] {
  const others = new Map(again.map((result) => [outputKey(result, true), freshRatingOf(result, judge)]));
  return results.flatMap((result): [number, number][] => {
    const [first, second] = [freshRatingOf(result, judge), others.get(outputKey(result, true))];
    return first && second ? [[Number(first.pass), Number(second.pass)]] : [];
  });
}

/** Trials of one case that gave the very same output: two by two, in their order. */
export function judgedTwice(results: readonly TrialResult[], judge: string): [number, number][] {
  const waiting = new Map<string, number>();
  const pairs: [number, number][] = [];
  for (const result of results) {
    const rating = freshRatingOf(result, judge);
    if (!rating) continue;
    const key = outputKey(result, false);
    const earlier = waiting.get(key);
    if (earlier === undefined) {
      waiting.set(key, Number(rating.pass));
    } else {
      pairs.push([earlier, Number(rating.pass)]);
      waiting.delete(key);
    }
  }
  return pairs;
}

function outputKey({ target, caseId, trial, output }: TrialResult, byTrial: boolean): string {
  return JSON.stringify([target, caseId, byTrial ? trial : null, output.text]);
}
