import * as vscode from 'vscode';
import type { AlertEntry } from '../../protocol/alertCalls.ts';
import { lineText } from '../output/plainText.ts';

const { t } = vscode.l10n;

/** Its name, and the value of what it is grouped by. */
export function alertLabel({ name, group }: Pick<AlertEntry, 'name' | 'group'>): string {
  return group ? `${name} · ${group.label === null ? t('none') : lineText(group.label)}` : name;
}

export function stateText(state: AlertEntry['state']): string {
  switch (state) {
    case 'no-data':
      return t('no data');
    case 'inactive':
      return t('fine');
    case 'pending':
      return t('pending');
    case 'firing':
      return t('firing');
    case 'silent':
      return t('firing, no data');
    case 'resolved':
      return t('resolved');
  }
}

/** State, value against its limit, and since when: beside the name. */
export function alertText(alert: AlertEntry): string {
  const { state, sinceMs, value, valueText, limitText, muted } = alert;
  return [
    stateText(state),
    ...(value === null ? [] : [t('{0} (limit {1})', valueText, limitText)]),
    ...(sinceMs === null ? [] : [t('since {0}', momentText(sinceMs))]),
    ...(muted ? [t('muted until {0}', momentText(muted.untilMs))] : []),
  ].join(' · ');
}

export function alertTooltip(alert: AlertEntry): string {
  const { condition, description, samples, muted, notify, state } = alert;
  return [
    `${alertLabel(alert)}: ${alertText(alert)}`,
    condition,
    ...(description === null ? [] : [description]),
    ...(samples > 0 ? [samples === 1 ? t('1 sample') : t('{0} samples', samples)] : []),
    ...(state === 'silent' ? [t('Nothing was measured since, so nobody knows whether it is over.')] : []),
    ...(state === 'no-data'
      ? [t('Nothing was measured, or too little. That is not fine, and not an alert.')]
      : []),
    ...(muted && muted.reason !== '' ? [t('Muted: {0}', muted.reason)] : []),
    notify.length === 0 ? t('Nobody is told.') : t('Tells: {0}', notify.join(', ')),
  ].join('\n');
}

/** A time of today, else with its date. */
export function momentText(ms: number): string {
  const at = new Date(ms);
  const isToday = at.toDateString() === new Date().toDateString();
  const style = isToday
    ? { timeStyle: 'medium' as const }
    : { dateStyle: 'short' as const, timeStyle: 'short' as const };
  return new Intl.DateTimeFormat(vscode.env.language, style).format(at);
}
