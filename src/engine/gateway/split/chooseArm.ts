import { hash } from 'node:crypto';
import type { ArmConfig } from '../../suites/gateway/gatewayConfig.ts';

/**
 * The arm for a sticky key, the same for the same key wherever and whenever it is asked; or, for a number from [0, 1), the arm that it
 * draws. Arms get requests in proportion to their weights, and none without a weight above 0; undefined where no arm has one.
 */
export function chooseArm(arms: readonly ArmConfig[], by: string | number): ArmConfig | undefined {
  const open = arms.filter(({ weight }) => weight > 0 && Number.isFinite(weight));
  return typeof by === 'number' ? drawn(open, by) : byRendezvous(open, by);
}

function drawn(arms: readonly ArmConfig[], draw: number): ArmConfig | undefined {
  const sum = arms.reduce((so, { weight }) => so + weight, 0);
  let left = draw * sum;
  for (const arm of arms) {
    if (left < arm.weight) return arm;
    left -= arm.weight;
  }
  // Rounding may leave a little.
  return arms.at(-1);
}

/**
 * Weighted rendezvous hashing: the arm with the greatest −w / ln(u), where u in (0, 1) is hashed of key and arm (Schindelhauer & Schomaker
 * 2005, "Weighted distributed hash tables", the logarithmic method; Mosharaf 2014). Equal to a race of exponential clocks with rates w, so
 * each wins with probability w / Σw (Efraimidis & Spirakis 2006), and where one weight changes, keys move only to or from its arm.
 */
function byRendezvous(arms: readonly ArmConfig[], key: string): ArmConfig | undefined {
  let best: { arm: ArmConfig; time: number } | undefined;
  for (const arm of arms) {
    // The time at which the clock of this arm rings: the inverse of its score.
    const time = -Math.log(uniform(key, arm.name)) / arm.weight;
    const isFirst = !best || time < best.time || (time === best.time && arm.name < best.arm.name);
    if (isFirst) best = { arm, time };
  }
  return best?.arm;
}

/** 53 bits of a hash, as the middle of one of 2⁵³ equal parts of (0, 1). */
function uniform(key: string, arm: string): number {
  const digest = hash('sha256', `arm\0${arm}\0${key}`, 'buffer');
  const bits = digest.readUIntBE(0, 6) * 32 + (digest.readUInt8(6) >> 3);
  return (bits + 0.5) / 2 ** 53;
}
