/** The smallest p-value that is given: below it floating-point numbers fade to 0, which no p-value is. */
export const LEAST_P = 1e-300;

export function shownP(p: number): number {
  return Math.min(1, Math.max(LEAST_P, p));
}
