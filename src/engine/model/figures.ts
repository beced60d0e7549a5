/** `12 ms`, `1.2 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;

  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')} min`;
}

/** US dollars with as many digits as the amount needs: `$0.00031`, `$0.0123`, `$1,234.50`; null is unknown, never 0. */
export function formatCost(usd: number | null): string {
  if (usd === null) return 'unknown';
  if (usd === 0) return '$0';
  if (usd < 0.01) return `$${usd.toLocaleString('en-US', SMALL)}`;
  return `$${usd.toLocaleString('en-US', usd < 1 ? CENTS_OF_CENTS : CENTS)}`;
}

const SMALL = { minimumSignificantDigits: 2, maximumSignificantDigits: 2 };
const CENTS_OF_CENTS = { minimumFractionDigits: 4, maximumFractionDigits: 4 };
const CENTS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

/** A share as `93.9 %`; only all of it is `100.0 %`. */
export function formatPercent(share: number | null): string {
  if (share === null) return '–';

  const text = (share * 100).toFixed(1);
  return `${share < 1 && text === '100.0' ? '99.9' : text} %`;
}

/** `1,234,567` */
export function formatCount(count: number): string {
  // Node's own formats take longer to load than a short run takes to be judged.
  if (Number.isSafeInteger(count)) return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return count.toLocaleString('en-US');
}

/** `1 case`, `1,234 cases` */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : several}`;
}

/** A score from 0 to 1. */
export function formatScore(score: number | null | undefined, digits = 2): string {
  return score === null || score === undefined ? '–' : score.toFixed(digits);
}

/** `85.4–97.6`: both ends of an interval, in percent. */
export function formatRange({ low, high }: { low: number; high: number }): string {
  return `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}`;
}

/** `+4.2`, `−0.5`, `0.0`: with a sign, a minus that is one, and none for nothing. */
export function formatSigned(value: number, digits: number): string {
  return withSign(value, (size) => size.toFixed(digits));
}

/** A difference, its size written by `format`; no sign where what is written is 0. */
export function withSign(value: number, format: (size: number) => string): string {
  const text = format(Math.abs(value));
  if (!/[1-9]/.test(text)) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}
