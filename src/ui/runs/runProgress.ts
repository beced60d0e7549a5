import * as vscode from 'vscode';
import { type ActiveRun, doneOf, type FinishedRun } from './activeRun.ts';
import { type FollowOptions, throwBroken } from './runController.ts';

/**
 * Shows a notification with the progress of what `begin` starts; cancelling it stops the runs. Resolves when
 * they have ended, with an offer to look at them; rejects with what kept them from running.
 */
export async function withRunProgress(
  title: string,
  begin: (options: FollowOptions) => Promise<FinishedRun[]>,
): Promise<FinishedRun[]> {
  const finished = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => {
      let shown = 0;
      return begin({
        token,
        onEvent: ({ kind, run }) => {
          if (kind === 'started') shown = 0;
          const share = run.trials === 0 ? 0 : (100 * doneOf(run)) / run.trials;
          progress.report({ message: progressText(run), increment: share - shown });
          shown = share;
        },
      });
    },
  );
  throwBroken(finished);
  return finished;
}

/** A comparison goes by its sides. */
export function nameOf({ suite, comparison }: ActiveRun): string {
  if (!comparison) return suite;
  return vscode.l10n.t('{0}, {1} ↔ {2}', suite, comparison.baseline, comparison.candidate);
}

/** `12/40, 3 failed`; what fails on one side of a comparison is no failure of it. */
export function progressText(run: ActiveRun): string {
  const { failed, errored } = run.counts;
  const parts = [`${doneOf(run)}/${run.trials}`];
  if (run.comparison) return parts.join();
  if (failed > 0) parts.push(vscode.l10n.t('{0} failed', failed));
  if (errored > 0) parts.push(vscode.l10n.t('{0} errored', errored));
  return parts.join(', ');
}

/** How runs ended, in one sentence; the worst of several counts. */
export function endText(finished: readonly FinishedRun[]): string {
  const total = { done: 0, trials: 0, passed: 0 };
  for (const { run } of finished) {
    total.done += doneOf(run);
    total.trials += run.trials;
    total.passed += run.counts.passed;
  }
  const suite = finished[0]?.run.suite ?? '';
  const stopped = finished.flatMap(({ end }) => (end.outcome === 'interrupted' ? (end.stopped ?? []) : []));
  if (stopped.length > 0) {
    return vscode.l10n.t(
      '{0} stopped after {1} of {2} trials: {3}. It can be resumed.',
      suite,
      total.done,
      total.trials,
      stopped.join('; '),
    );
  }
  if (finished.some(({ end }) => end.outcome !== 'complete')) {
    return vscode.l10n.t(
      '{0} was interrupted after {1} of {2} trials; it can be resumed.',
      suite,
      total.done,
      total.trials,
    );
  }
  const passed = finished.every(({ end }) => end.outcome === 'complete' && end.passed);
  return passed
    ? vscode.l10n.t('{0} passed: {1} of {2} trials.', suite, total.passed, total.trials)
    : vscode.l10n.t('{0} failed: {1} of {2} trials passed.', suite, total.passed, total.trials);
}
