import * as vscode from 'vscode';
import type { EngineCalls } from '../../protocol/calls.ts';
import type { RunEstimate } from '../../protocol/tokenCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Settings } from '../settings/settings.ts';
import { dollars } from './dollars.ts';

type Wanted = EngineCalls['run/estimate']['params'];

/**
 * Asks before a run that may cost more than the setting allows, with what it will probably cost and how long it
 * will take. False when the person says no. A cost that nobody knows is no reason to ask: a spending limit is
 * what holds such a run. `times`: how often all of it is run.
 */
export async function approveCost(
  wanted: Wanted,
  { engine, settings }: { engine: EngineClient; settings: Settings },
  token?: vscode.CancellationToken,
  times = 1,
): Promise<boolean> {
  const limit = settings.confirmCostAbove;
  const { runs } = await engine.call('run/estimate', wanted, token);
  const known = runs.flatMap(({ costUsd }) => costUsd ?? []);
  const high = known.reduce((sum, cost) => sum + times * cost.high, 0);
  const likely = known.reduce((sum, cost) => sum + times * cost.likely, 0);
  if (high <= limit) return true;
  const run = vscode.l10n.t('Run');
  const message = vscode.l10n.t('Run {0} for about {1}?', wanted.suite, dollars(likely));
  const options = { modal: true, detail: runs.map((one) => estimateText(one, times)).join('\n\n') };
  return (await vscode.window.showWarningMessage(message, options, run)) === run;
}

function estimateText({ dataset, trials, costUsd, elapsedMs, notes }: RunEstimate, times: number): string {
  const cost = costUsd
    ? vscode.l10n.t('{0} to {1}', dollars(times * costUsd.low), dollars(times * costUsd.high))
    : vscode.l10n.t('cost unknown');
  const time = vscode.l10n.t('{0} to {1}', duration(times * elapsedMs.low), duration(times * elapsedMs.high));
  const count = times * trials;
  const head =
    count === 1
      ? vscode.l10n.t('{0}: 1 trial, {1}, {2}', dataset, cost, time)
      : vscode.l10n.t('{0}: {1} trials, {2}, {3}', dataset, count, cost, time);
  return [head, ...notes.map((note) => `• ${note}`)].join('\n');
}

/** `40 s`, `3 min`. */
function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1) return vscode.l10n.t('under a second');
  if (seconds < 90) return vscode.l10n.t('{0} s', Math.round(seconds));
  return seconds < 5400
    ? vscode.l10n.t('{0} min', Math.round(seconds / 60))
    : vscode.l10n.t('{0} h', (seconds / 3600).toFixed(1));
}
