import * as vscode from 'vscode';
import { weightText } from '../../engine/model/deploymentFigures.ts';
import { lineText, withoutIcons } from '../output/plainText.ts';
import type { DeploymentFeed } from './deploymentFeed.ts';
import { deploymentFacts, leftText, phaseText } from './deploymentTexts.ts';

/** In milliseconds: what is left is shown in seconds. */
const TICK_MS = 1_000;

/** In the status bar while a deployment goes on. `onTick` is called while something counts down. */
export function registerDeploymentStatus(feed: DeploymentFeed, onTick: () => void): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('touchstone.deployment', vscode.StatusBarAlignment.Left, -4);
  item.name = vscode.l10n.t('Touchstone Deployment');
  let timer: NodeJS.Timeout | undefined;

  const show = (): void => {
    const [first, ...others] = feed.running;
    if (!first) {
      item.hide();
      stop();
      return;
    }
    const warns = ['paused', 'rolling-back', 'failed'].includes(first.phase) || first.controller === null;
    const weight = first.weights === null ? '' : ` ${weightText(first.weights.green)}`;
    const more = others.length === 0 ? '' : ` +${others.length}`;
    item.text = `$(${warns ? 'warning' : 'rocket'}) ${withoutIcons(lineText(first.deployment))}${weight}${more}`;
    item.command = {
      command: 'touchstone.deploy.show',
      title: vscode.l10n.t('Show Deployment'),
      arguments: [{ deployment: first.deployment }],
    };
    const facts = feed.running.flatMap((entry) => deploymentFacts(entry, Date.now()));
    item.tooltip = [...facts, vscode.l10n.t('Click to show the deployment.')].join('\n');
    item.backgroundColor = warns ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    const left = leftText(first.untilMs, Date.now());
    item.accessibilityInformation = {
      label: [`${lineText(first.deployment)}: ${phaseText(first)}`, ...(left === null ? [] : [left])].join(
        ', ',
      ),
      role: 'button',
    };
    item.show();
    timer ??= setInterval(onTick, TICK_MS);
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };

  show();
  return vscode.Disposable.from(item, feed.onDidChange(show), new vscode.Disposable(stop));
}
