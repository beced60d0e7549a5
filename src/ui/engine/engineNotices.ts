import * as vscode from 'vscode';
import { setContext } from '../commands.ts';
import type { Output } from '../output/output.ts';
import type { EngineClient, EngineState } from './engineClient.ts';

/** Tells the person when the engine died, and offers what can be done about it. */
export function registerEngineNotices(engine: EngineClient, output: Output): vscode.Disposable {
  const notice = async (state: EngineState): Promise<void> => {
    await setContext('touchstone.engine', state.state);
    if (state.state !== 'failed') return;
    const restart = vscode.l10n.t('Restart Engine');
    const show = vscode.l10n.t('Show Output');
    const answer = await vscode.window.showErrorMessage(state.reason, restart, show);
    if (answer === restart) await engine.restart();
    if (answer === show) output.show();
  };
  const offer = async (runs: readonly string[]): Promise<void> => {
    const resumable = await evaluationsOf(engine, runs);
    if (resumable.length === 0) {
      void vscode.window.showWarningMessage(
        vscode.l10n.t(
          'The engine crashed during a comparison and has restarted. Compare again: stored results will be reused.',
        ),
      );
      return;
    }
    const resume = vscode.l10n.t('Resume');
    const message = vscode.l10n.t(
      'The engine crashed during a run and has restarted. All results so far are stored.',
    );
    if ((await vscode.window.showWarningMessage(message, resume)) !== resume) return;
    for (const runId of resumable) await vscode.commands.executeCommand('touchstone.resumeRun', { runId });
  };
  const running = () => void setContext('touchstone.running', engine.running.size > 0);
  const guarded =
    <T>(work: (value: T) => Promise<void>) =>
    (value: T) =>
      void work(value).catch((error: unknown) => output.showError(error));
  return vscode.Disposable.from(
    engine.onDidChangeState(guarded(notice)),
    engine.onDidInterrupt(guarded(offer)),
    engine.onDidChangeState(running),
    engine.on('run/started', running),
    engine.on('run/finished', running),
  );
}

/** A run that was made for a comparison cannot be resumed by itself. */
async function evaluationsOf(engine: EngineClient, runIds: readonly string[]): Promise<string[]> {
  const { runs } = await engine.call('run/list', { what: 'comparisons', limit: 200 });
  const compared = new Set(runs.map(({ id }) => id));
  return runIds.filter((id) => !compared.has(id));
}
