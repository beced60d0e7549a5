/** Cents as far as there are any, else what is not rounded to nothing. */
export function dollars(usd: number): string {
  if (usd === 0) return '$0';
  return `$${usd >= 0.01 ? usd.toFixed(2) : usd.toPrecision(2)}`;
}
