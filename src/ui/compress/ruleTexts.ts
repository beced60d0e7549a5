import * as vscode from 'vscode';

/** A rule as a person calls it: `json-layout` → `JSON layout`. */
export function ruleText(rule: string): string {
  const words = rule.replaceAll('-', ' ').replace(/\b(json|xml)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function savedText(tokens: number): string {
  return tokens === 1 ? vscode.l10n.t('saves {0} token', tokens) : vscode.l10n.t('saves {0} tokens', tokens);
}

/** `−12 %`; what is less than half a percent is told as tokens. */
export function shareSaved(before: number, after: number): string {
  const share = Math.round((100 * (before - after)) / Math.max(1, before));
  return share > 0 ? `−${share} %` : vscode.l10n.t('−{0} tokens', before - after);
}
