const BARS = '▁▂▃▄▅▆▇█';

/** Shares (0–1) as a line of bars, in the given order; an unknown one is a gap. */
export function sparkline(shares: readonly (number | null)[]): string {
  return shares.map((share) => (share === null ? ' ' : barOf(share))).join('');
}

function barOf(share: number): string {
  const bounded = Math.min(1, Math.max(0, share));
  return BARS[Math.round(bounded * (BARS.length - 1))] ?? '';
}
