import { midRanks } from './ranks.ts';

/**
 * Pearson's product-moment correlation of two lists of one length. Pearson 1895, Proc. R. Soc. 58, 240–242. Null with
 * fewer than two pairs or when one side does not vary.
 */
export function pearson(x: readonly number[], y: readonly number[]): number | null {
  const n = x.length;
  if (n === 0) return null;

  const meanX = mean(x);
  const meanY = mean(y);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (const [index, value] of x.entries()) {
    const dx = value - meanX;
    const dy = (y[index] ?? 0) - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }

  return isConstant(xx, n, meanX) || isConstant(yy, n, meanY)
    ? null
    : Math.min(1, Math.max(-1, xy / Math.sqrt(xx * yy)));
}

/** Spearman's rank correlation: Pearson's of the mid-ranks. Spearman 1904, Am. J. Psychol. 15, 72–101. */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  return pearson(midRanks(x), midRanks(y));
}

/** Whether nothing but rounding is left of the squared deviations. */
function isConstant(squares: number, n: number, center: number): boolean {
  return squares <= 1e-24 * n * center * center;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
