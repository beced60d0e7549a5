/**
 * pass^k: the chance that k trials of a case all pass, estimated without bias from n trials of which c
 * passed: C(c, k) / C(n, k). Yao et al. 2024, τ-bench, arXiv:2406.12045, section 3. Requires 1 ≤ k ≤ n.
 */
export function passHatK(passed: number, trials: number, k: number): number {
  let chance = 1;
  for (let i = 0; i < k; i += 1) chance *= Math.max(0, passed - i) / (trials - i);
  return chance;
}
