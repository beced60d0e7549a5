import * as vscode from 'vscode';
import { formatCost, formatDuration } from '../../engine/model/figures.ts';
import type { EngineCalls } from '../../protocol/calls.ts';
import type { RunEstimate } from '../../protocol/tokenCalls.ts';
import { trialCount } from '../counts.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Settings } from '../settings/settings.ts';

type Wanted = EngineCalls['run/estimate']['params'];

/**
 * Asks before a run that may cost more than the setting allows, showing the expected cost and duration. False when the
 * person declines. An unknown cost is no reason to ask: only a spending limit can stop such a run. `times`: how often
 * all of it is run.
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
  const message = vscode.l10n.t('Run {0} for about {1}?', wanted.suite, formatCost(likely));
  const options = { modal: true, detail: runs.map((one) => estimateText(one, times)).join('\n\n') };
  return (await vscode.window.showWarningMessage(message, options, run)) === run;
}

function estimateText({ dataset, trials, costUsd, elapsedMs, notes }: RunEstimate, times: number): string {
  const cost = costUsd
    ? vscode.l10n.t('{0} to {1}', formatCost(times * costUsd.low), formatCost(times * costUsd.high))
    : vscode.l10n.t('cost unknown');
  const time = vscode.l10n.t(
    '{0} to {1}',
    formatDuration(times * elapsedMs.low),
    formatDuration(times * elapsedMs.high),
  );
  const count = times * trials;
  const head = vscode.l10n.t('{0}: {1}, {2}, {3}', dataset, trialCount(count), cost, time);

  return [head, ...notes.map((note) => `• ${note}`)].join('\n');
}
