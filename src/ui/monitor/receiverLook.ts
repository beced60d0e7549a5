import * as vscode from 'vscode';
import type { ReceiverLook } from '../../webview/monitor/monitorMessages.ts';
import { receiverFacts } from '../services/receiverTexts.ts';
import type { TraceReceiver } from '../services/traceReceiver.ts';

/** What the page says of whether traces are received. */
export function receiverLook({ state, receiving }: TraceReceiver): ReceiverLook {
  if (!vscode.workspace.isTrusted) {
    const text = vscode.l10n.t('Traces are not received, because this workspace is not trusted.');
    return { state: 'untrusted', text };
  }

  const text = receiverFacts(state).join(' ');
  if (receiving) return { state: 'receiving', text };
  if (state.state === 'attaching') return { state: 'starting', text };
  const hasFailed =
    state.state === 'failed' || (state.state === 'attached' && state.status.receiver.state === 'failed');
  return { state: hasFailed ? 'failed' : 'off', text };
}
