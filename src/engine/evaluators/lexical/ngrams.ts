/** How often each run of `n` tokens occurs. */
export function countNgrams(tokens: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + n <= tokens.length; at++) {
    const gram = n === 1 ? (tokens[at] ?? '') : tokens.slice(at, at + n).join('\u0000');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** Occurrences in both: each n-gram counts as often as in the one that has it less often. */
export function overlap(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): number {
  let common = 0;
  for (const [gram, count] of left) common += Math.min(count, right.get(gram) ?? 0);
  return common;
}

/** Harmonic mean of precision and recall: 2·common / (left + right). 0 when both are empty. */
export function f1(common: number, left: number, right: number): number {
  return left + right === 0 ? 0 : (2 * common) / (left + right);
}
