import type { CascadeCalibration } from '../model/evaluatorStudy.ts';

/** Share of the settled cases that is judged all the same, to see whether the thresholds still hold. */
const AUDIT = 0.05;

/**
 * Calibrated thresholds as a suite takes them, on one line of YAML. Rounded so that they settle no more than was
 * checked; a threshold that does not exist settles nothing.
 */
export function cascadeSnippet({ stage, thresholds: { fail, pass } }: CascadeCalibration): string {
  const below = `thresholds: { ${stage}: ${fail === null ? 0 : rounded(fail, Math.floor)} }`;
  const from = pass === null ? [] : [`pass: { ${stage}: ${rounded(pass, Math.ceil)} }`];
  return `cascade: { ${[below, ...from, `audit: ${AUDIT}`].join(', ')} }`;
}

/** Four digits; scores seldom have more that matter. */
function rounded(value: number, towards: (value: number) => number): number {
  return Math.min(1, towards(Number((value * 1e4).toFixed(6))) / 1e4);
}
