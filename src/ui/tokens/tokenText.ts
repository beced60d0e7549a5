import * as vscode from 'vscode';
import type { TokenCount } from '../../protocol/tokenCalls.ts';

/** `1,234`, or `~1,210` for an estimate. */
export function countText({ tokens, exact }: TokenCount): string {
  return `${exact ? '' : '~'}${numberText(tokens)}`;
}

/** `1,234 tokens`. */
export function tokensText(count: TokenCount): string {
  return count.tokens === 1
    ? vscode.l10n.t('{0} token', countText(count))
    : vscode.l10n.t('{0} tokens', countText(count));
}

/** `1,050 to 1,400` for an estimate; empty for an exact count. */
export function rangeText({ low, high, exact }: TokenCount): string {
  return exact ? '' : vscode.l10n.t('{0} to {1}', numberText(low), numberText(high));
}

/** Two digits that say something: `$0.00031`, `$1.20`. */
export function usdText(usd: number): string {
  if (usd >= 1) return `$${usd.toFixed(2)}`;
  return `$${usd.toLocaleString('en', { maximumSignificantDigits: 2, maximumFractionDigits: 20 })}`;
}

/** Unknown is never nothing. */
export function costText(usd: number | null): string {
  return usd === null ? vscode.l10n.t('price unknown') : usdText(usd);
}

/** `0.3 % of 128K`; empty where the window is not known. */
export function shareText({ tokens }: TokenCount, window: number | null): string {
  if (window === null) return '';
  const share = (100 * tokens) / window;
  const shown = share === 0 || share >= 0.1 ? share.toFixed(1) : '< 0.1';
  return vscode.l10n.t('{0} % of {1}', shown, windowText(window));
}

/** `+12 since HEAD`; empty without a commit to compare with. */
export function changeText(now: number, before: number | undefined): string {
  if (before === undefined) return '';
  if (now === before) return vscode.l10n.t('as in HEAD');
  return vscode.l10n.t('{0} since HEAD', signed(now - before));
}

export function numberText(value: number): string {
  return value.toLocaleString('en');
}

/** `128K`, `1M`. */
export function windowText(tokens: number): string {
  return tokens >= 1_000_000 ? `${tokens / 1_000_000}M` : `${Math.round(tokens / 1000)}K`;
}

function signed(value: number): string {
  return value > 0 ? `+${numberText(value)}` : `−${numberText(-value)}`;
}
