import * as vscode from 'vscode';
import { counted } from '../../engine/model/figures.ts';
import type { CommandId } from '../ids.ts';
import { receiverFacts } from './receiverTexts.ts';
import type { TraceReceiver } from './traceReceiver.ts';

interface Look {
  text: string;
  command: CommandId;
  hint: string;
  warns?: boolean;
}

/** In the status bar, where something in this window is about traces: whether they are received, and how many lately. One click starts it. */
export function registerReceiverStatus(receiver: TraceReceiver): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('touchstone.traces', vscode.StatusBarAlignment.Left, -2);
  item.name = vscode.l10n.t('Touchstone Traces');

  const show = (): void => {
    if (!receiver.isOfInterest) {
      item.hide();
      return;
    }

    const look = lookOf(receiver);
    const facts = receiverFacts(receiver.state);
    item.text = look.text;
    item.command = look.command;
    item.tooltip = [...facts, look.hint].join('\n');
    item.backgroundColor = look.warns ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.accessibilityInformation = { label: facts.join('; '), role: 'button' };
    item.show();
  };

  show();
  return vscode.Disposable.from(item, receiver.onDidChange(show));
}

function lookOf({ state, receiving }: TraceReceiver): Look {
  const start = {
    command: 'touchstone.traces.start',
    hint: vscode.l10n.t('Click to receive traces.'),
  } as const;
  const status = {
    command: 'touchstone.traces.showServices',
    hint: vscode.l10n.t('Click for details.'),
  } as const;
  if (state.state === 'attaching') return { ...status, text: `$(sync~spin) ${vscode.l10n.t('Traces')}` };

  const hasFailed =
    state.state === 'failed' || (state.state === 'attached' && state.status.receiver.state === 'failed');
  if (hasFailed) return { ...start, text: `$(warning) ${vscode.l10n.t('Traces off')}`, warns: true };
  if (state.state === 'attached' && !receiving && state.status.gateway.state === 'serving')
    return { ...start, text: `$(broadcast) ${vscode.l10n.t('Gateway traces only')}` };
  if (state.state !== 'attached' || !receiving)
    return { ...start, text: `$(circle-slash) ${vscode.l10n.t('Traces off')}` };

  const { received, storeProblem } = state.status;
  const lately = received.recentSpans > 0 ? ` · ${counted(received.recentSpans, 'span')}` : '';
  return {
    ...status,
    text: `$(${storeProblem === null ? 'broadcast' : 'warning'}) :${receiving.port}${lately}`,
    warns: storeProblem !== null,
  };
}
