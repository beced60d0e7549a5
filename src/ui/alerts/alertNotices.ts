import * as vscode from 'vscode';
import type { AlertNews } from '../../protocol/alertCalls.ts';
import type { Output } from '../output/output.ts';
import { withoutLinks } from '../output/withoutLinks.ts';
import type { AlertActions } from './alertActions.ts';
import { alertLabel } from './alertTexts.ts';

/** More than this are told by one notification. */
const MOST_AT_ONCE = 3;

/** Tells the person what fires and what is over, each once. */
export function tellNews(news: readonly AlertNews[], actions: AlertActions, output: Output): void {
  if (news.length > MOST_AT_ONCE) {
    void tellMany(news, output);
    return;
  }
  for (const one of news) {
    tell(one, actions).catch((error: unknown) => output.showError(error));
  }
}

async function tellMany(news: readonly AlertNews[], output: Output): Promise<void> {
  const firing = news.filter(({ kind }) => kind === 'firing').length;
  const others = news.length - firing;
  const show = vscode.l10n.t('Show Alerts');
  const fired = firing === 1 ? vscode.l10n.t('1 alert fired') : vscode.l10n.t('{0} alerts fired', firing);
  const changed =
    others === 1 ? vscode.l10n.t('1 alert changed') : vscode.l10n.t('{0} alerts changed', others);
  const text = [...(firing > 0 ? [fired] : []), ...(others > 0 ? [changed] : [])].join(', ');
  try {
    const answer = await vscode.window.showWarningMessage(text, show);
    if (answer === show) await vscode.commands.executeCommand('touchstone.alerts.show');
  } catch (error) {
    await output.showError(error);
  }
}

async function tell(news: AlertNews, actions: AlertActions): Promise<void> {
  const label = withoutLinks(alertLabel({ name: news.rule, group: news.group }));
  const { kind, summary, description, traces, severity } = news;
  if (kind === 'resolved' || kind === 'withdrawn') {
    void vscode.window.showInformationMessage(
      kind === 'resolved'
        ? vscode.l10n.t('{0} is resolved: {1}', label, summary)
        : vscode.l10n.t('{0} was changed or removed while it fired.', label),
    );
    return;
  }

  const show = vscode.l10n.t('Show Traces');
  const mute = vscode.l10n.t('Mute…');
  const said = kind === 'test' ? vscode.l10n.t('Test of {0}: {1}', label, summary) : `${label}: ${summary}`;
  const text = description === null ? said : `${said}. ${withoutLinks(description)}`;
  const buttons = [...(traces.length > 0 ? [show] : []), mute];
  const answer =
    severity === 'critical'
      ? await vscode.window.showErrorMessage(text, ...buttons)
      : await vscode.window.showWarningMessage(text, ...buttons);
  if (answer === show) await actions.showTraces(news);
  if (answer === mute) await actions.mute({ name: news.rule, label: news.group?.label ?? null });
}
