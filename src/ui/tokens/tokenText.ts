import * as vscode from 'vscode';
import { formatCost, formatCount, formatPercent, withSign } from '../../engine/model/figures.ts';
import type { TokenCount } from '../../protocol/tokenCalls.ts';

/** `1,234`, or `~1,210` for an estimate. */
export function countText({ tokens, exact }: TokenCount): string {
  return `${exact ? '' : '~'}${formatCount(tokens)}`;
}

/** `1,234 tokens`. */
export function tokensText(count: TokenCount): string {
  return count.tokens === 1
    ? vscode.l10n.t('{0} token', countText(count))
    : vscode.l10n.t('{0} tokens', countText(count));
}

/** `1,050 to 1,400` for an estimate; empty for an exact count. */
export function rangeText({ low, high, exact }: TokenCount): string {
  return exact ? '' : vscode.l10n.t('{0} to {1}', formatCount(low), formatCount(high));
}

/** Unknown is never nothing. */
export function costText(usd: number | null): string {
  return usd === null ? vscode.l10n.t('price unknown') : formatCost(usd);
}

/** `0.3 % of 128K`; empty where the window is not known. */
export function shareText({ tokens }: TokenCount, window: number | null): string {
  if (window === null) return '';
  const share = tokens / window;
  const shown = share === 0 || share >= 0.001 ? formatPercent(share) : `< ${formatPercent(0.001)}`;
  return vscode.l10n.t('{0} of {1}', shown, windowText(window));
}

/** `+12 since HEAD`; empty without a commit to compare with. */
export function changeText(now: number, before: number | undefined): string {
  if (before === undefined) return '';
  if (now === before) return vscode.l10n.t('same as in HEAD');
  return vscode.l10n.t('{0} since HEAD', withSign(now - before, formatCount));
}

/** `128K`, `1M`. */
export function windowText(tokens: number): string {
  return tokens >= 1_000_000 ? `${tokens / 1_000_000}M` : `${Math.round(tokens / 1000)}K`;
}
