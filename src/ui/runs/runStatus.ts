import * as vscode from 'vscode';
import { formatCost } from '../../engine/model/figures.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { type ActiveRun, doneOf } from './activeRun.ts';
import type { RunController } from './runController.ts';
import { nameOf, progressText } from './runProgress.ts';

/** Most often the text changes, in milliseconds: a fast run tells of results twenty times a second. */
const REFRESH_MS = 200;

/** In the status bar: the run under way with its failures, else what this day's runs have cost. */
export function registerRunStatus(
  runs: RunController,
  engine: EngineClient,
  output: Output,
): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('touchstone.status', vscode.StatusBarAlignment.Left, 0);
  item.name = vscode.l10n.t('Touchstone');
  let spentToday: number | null = null;
  let timer: NodeJS.Timeout | undefined;

  const show = (): void => {
    timer = undefined;
    const [run] = runs.active;
    if (run) showRunning(item, run, runs.active.length);
    else showSpent(item, spentToday);
  };
  const readSpent = async (): Promise<void> => {
    spentToday = (await engine.call('run/spent', {})).todayUsd;
    show();
  };
  const refreshSpent = () => void readSpent().catch((error: unknown) => output.log('warn', String(error)));

  return vscode.Disposable.from(
    item,
    runs.onDidHappen(({ kind }) => {
      if (kind === 'finished') refreshSpent();
      timer ??= setTimeout(show, kind === 'results' ? REFRESH_MS : 0);
    }),
    // Only an engine that runs anyway is asked: opening a window starts none.
    engine.onDidChangeState(({ state }) => {
      if (state === 'ready') refreshSpent();
    }),
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}

function showRunning(item: vscode.StatusBarItem, run: ActiveRun, count: number): void {
  const { failed, errored } = run.counts;
  const bad = run.comparison ? 0 : failed + errored;
  const more = count > 1 ? ` +${count - 1}` : '';
  item.text = `$(sync~spin) ${run.suite} ${doneOf(run)}/${run.trials}${bad > 0 ? ` $(error) ${bad}` : ''}${more}`;
  item.tooltip = vscode.l10n.t('{0}: {1}. Click to stop it.', nameOf(run), progressText(run));
  item.command = 'touchstone.stopRun';
  item.accessibilityInformation = { label: runningText(run) };
  item.show();
}

function runningText(run: ActiveRun): string {
  return run.comparison
    ? vscode.l10n.t('Comparison {0} is running: {1}', nameOf(run), progressText(run))
    : vscode.l10n.t('Evaluation {0} is running: {1}', run.suite, progressText(run));
}

function showSpent(item: vscode.StatusBarItem, usd: number | null): void {
  if (usd === null || usd === 0) {
    item.hide();
    return;
  }
  item.text = vscode.l10n.t('$(credit-card) {0} today', formatCost(usd));
  item.tooltip = vscode.l10n.t(
    'Cost of evaluations in this workspace today (UTC), as far as prices are known.',
  );
  item.command = undefined;
  item.accessibilityInformation = {
    label: vscode.l10n.t('Evaluations have cost {0} today', formatCost(usd)),
  };
  item.show();
}
