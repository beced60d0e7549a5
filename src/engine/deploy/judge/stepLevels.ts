import type { RolloutPolicy } from '../../suites/deploying/deploymentConfig.ts';

/** False rollbacks of a version that is no worse, and false promotions of one that is worse by the margin, over a whole deployment. */
const ALPHA = 0.05;

/** How sure a step must be. */
export interface Levels {
  /** A clause fails where the logarithm of its e-value reaches this. */
  fail: number;
  /** A relative clause passes when the hold is over where its p is at most this. */
  pass: number;
  /** It passes before where the logarithm of its e-value reaches this. */
  early: number;
  /** One-sided level of figures whose bounds are asymptotic. */
  alpha: number;
  earlyAlpha: number;
  /** The hold is: what is undecided then says how much is missing. */
  isOver: boolean;
}

/**
 * Every step, and every clause in it that can fail, has an equal part of α for a false rollback (Bonferroni).
 *
 * A version that is worse by the margin is promoted only if it passes every step by chance, of which each has evidence of its own: k
 * steps with the level α^(1/k) come to α. The last one is not counted, as nothing is compared there at the same time. Where a
 * step may be looked at several times (an early pass, extensions), its level is divided among the looks.
 */
export function levelsOf(
  policy: RolloutPolicy,
  { clauses, isOver }: { clauses: number; isOver: boolean },
): Levels {
  const compared = Math.max(1, policy.steps.filter(({ weight }) => weight < 100).length);
  const step = ALPHA ** (1 / compared);
  const looks =
    1 +
    (policy.earlyPassMs === undefined ? 0 : 1) +
    (policy.undecided === 'extend' ? policy.maxExtensions : 0);
  const pass = step / looks;

  const fail = ALPHA / (policy.steps.length * Math.max(1, clauses));
  return {
    fail: -Math.log(fail),
    pass,
    early: -Math.log(pass),
    alpha: fail,
    earlyAlpha: Math.min(0.25, pass),
    isOver,
  };
}
