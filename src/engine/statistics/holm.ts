/**
 * Holm's step-down adjustment: p-values, in the order given, so that rejecting those ≤ α errs anywhere in
 * the family with probability ≤ α, however they depend on each other. Holm 1979, Scand. J. Stat. 6, 65–70.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  for (const [rank, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * (pValues[index] ?? 0)));
    adjusted[index] = highest;
  }
  return adjusted;
}
