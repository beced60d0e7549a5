import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import type { Output } from '../output/output.ts';
import { lineText } from '../output/plainText.ts';
import { withoutLinks } from '../output/withoutLinks.ts';
import type { DeploymentFeed } from './deploymentFeed.ts';
import { versionsText } from './deploymentTexts.ts';

const KEY = 'touchstone.deploymentsTold';
/** By deployment: what was said of it last. */
const toldSchema = z.record(z.string(), z.string());

/** Phases that a person wants to hear of. */
const TOLD = new Set<DeploymentEntry['phase']>(['paused', 'rolled-back', 'keeping', 'done', 'failed']);

interface Ports {
  feed: DeploymentFeed;
  /** Of the workspace: a window that is opened anew does not say again what was said. */
  memory: vscode.Memento;
  output: Output;
}

/** Says once when a deployment pauses, is rolled back or is done. */
export function registerDeploymentNotices({ feed, memory, output }: Ports): vscode.Disposable {
  /** In this window, for what the memory has not stored yet. */
  let told = toldSchema.safeParse(memory.get(KEY)).data ?? {};
  return feed.onDidChange(() => {
    const news = feed.entries.filter(
      (entry) => TOLD.has(entry.phase) && told[entry.deployment] !== idOf(entry),
    );
    if (news.length === 0) return;
    told = { ...told, ...Object.fromEntries(news.map((entry) => [entry.deployment, idOf(entry)])) };
    Promise.resolve(memory.update(KEY, told)).catch((error: unknown) => output.log('debug', String(error)));
    for (const entry of news) tell(entry).catch((error: unknown) => output.showError(error));
  });
}

/** Of this time that it got there. */
function idOf({ phase, sinceMs, green }: DeploymentEntry): string {
  return JSON.stringify([phase, sinceMs, green.name]);
}

async function tell(entry: DeploymentEntry): Promise<void> {
  const { deployment, phase, explanation, report } = entry;
  const name = withoutLinks(lineText(deployment));
  const versions = withoutLinks(versionsText(entry));
  // The first sentence says where it is, the next one why.
  const why = withoutLinks(lineText(explanation[1] ?? explanation[0] ?? ''));
  const show = vscode.l10n.t('Show Deployment');
  const resume = vscode.l10n.t('Resume');
  const trace = vscode.l10n.t('Show Trace');
  const failed = report?.green.failedTraces[0];

  const answer = await (async () => {
    switch (phase) {
      case 'paused':
        return vscode.window.showWarningMessage(
          vscode.l10n.t('{0} ({1}) is paused. {2}', name, versions, why),
          show,
          resume,
        );
      case 'rolled-back':
        return vscode.window.showErrorMessage(
          vscode.l10n.t('{0} ({1}) was rolled back. {2}', name, versions, why),
          show,
          ...(failed === undefined ? [] : [trace]),
        );
      case 'failed':
        return vscode.window.showErrorMessage(
          vscode.l10n.t('{0} ({1}) failed. {2}', name, versions, why),
          show,
        );
      case 'keeping':
        return vscode.window.showInformationMessage(
          vscode.l10n.t('{0} ({1}) is at 100 %. Blue is kept for a way back.', name, versions),
          show,
        );
      default:
        return vscode.window.showInformationMessage(
          vscode.l10n.t('{0} ({1}) is done.', name, versions),
          show,
        );
    }
  })();
  if (answer === show) await vscode.commands.executeCommand('touchstone.deploy.show', { deployment });
  if (answer === resume) await vscode.commands.executeCommand('touchstone.deploy.resume', { deployment });
  if (answer === trace && failed !== undefined)
    await vscode.commands.executeCommand('touchstone.traces.open', { traceId: failed });
}
