import { defined } from '../model/defined.ts';
import type { Score } from '../model/evaluation.ts';
import type { JsonValue } from '../model/json.ts';

const TOLERANCE = 1e-9;

/** Yes or no as a score of 1 or 0. */
export function binary(pass: boolean, reason: string): Score {
  return { status: 'scored', score: pass ? 1 : 0, pass, reason };
}

/** A score that passes from `min` on; both 0–1. Differences below 1e-9 are rounding, not quality. */
export function graded(score: number, min: number, reason: string, detail?: JsonValue): Score {
  const pass = score >= min - TOLERANCE;
  return { status: 'scored', score, pass, reason, ...defined({ detail }) };
}

/** The measurement is missing; it never counts as a pass. */
export function unmeasured(reason: string): Score {
  return { status: 'error', reason };
}

export function notApplicable(reason: string): Score {
  return { status: 'skipped', reason };
}

/** Pass and score turned round; a missing measurement stays missing. */
export function negate(score: Score): Score {
  if (score.status !== 'scored') return score;
  return { ...score, pass: !score.pass, score: 1 - score.score, reason: `not: ${score.reason}` };
}

/** The text in quotes, cut to `limit` characters, for a reason. */
export function quote(text: string, limit = 80): string {
  return JSON.stringify(text.length > limit ? `${text.slice(0, limit)}…` : text);
}
