import type { Score } from '../../model/evaluation.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { binary, unmeasured } from '../score.ts';

/**
 * The score that a script's result stands for: true or false, a number (which passes above 0, or from
 * `threshold` on), or `{ pass, score, reason }`. Anything else measures nothing.
 */
export function scriptScore(result: JsonValue, threshold: number | undefined): Score {
  if (typeof result === 'boolean') return binary(result, `the script returned ${result}`);
  if (typeof result === 'number') {
    const pass = threshold === undefined ? result > 0 : result >= threshold;
    return { status: 'scored', score: result, pass, reason: `the script returned ${result}` };
  }
  if (!isJsonObject(result) || typeof result['pass'] !== 'boolean') {
    return unmeasured('the script must return true, false, a number, or { pass, score, reason }');
  }

  const { pass, score = pass ? 1 : 0, reason } = result;
  if (typeof score !== 'number') return unmeasured('the score returned by the script is not a number');

  return {
    status: 'scored',
    score,
    pass,
    reason: typeof reason === 'string' ? reason : `the script returned ${pass}`,
  };
}

/** A score below 0 or above 1 counts as 0 or 1. */
export function clamped(score: Score): Score {
  return score.status === 'scored' ? { ...score, score: Math.min(1, Math.max(0, score.score)) } : score;
}
