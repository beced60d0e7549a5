import * as vscode from 'vscode';
import { counted } from '../../engine/model/figures.ts';
import type { ServicesState } from '../../protocol/receiverCalls.ts';
import type { ServicesStatus } from '../../protocol/servicesCalls.ts';

/** One line a fact, for tooltips and lists. */
export function receiverFacts(state: ServicesState): string[] {
  switch (state.state) {
    case 'detached':
      return [vscode.l10n.t('Traces are not received.')];
    case 'attaching':
      return [vscode.l10n.t('Starting to receive traces…')];
    case 'failed':
      return [vscode.l10n.t('Traces are not received: {0}', state.message), state.remedy].filter(Boolean);
    case 'attached':
      return statusFacts(state.status);
  }
}

function statusFacts({ receiver, received, storeProblem, liveProblems, gateway }: ServicesStatus): string[] {
  const others =
    gateway.state === 'serving' ? [vscode.l10n.t('Requests of the gateway are traced all the same.')] : [];
  if (receiver.state === 'off') return [vscode.l10n.t('Traces are not received.'), ...others];
  if (receiver.state === 'failed')
    return [
      vscode.l10n.t('Traces are not received: {0}', receiver.message),
      ...[receiver.remedy].filter(Boolean),
      ...others,
    ];

  const facts = [vscode.l10n.t('Receiving traces on {0}', receiver.endpoint)];
  if (receiver.insteadOf) {
    const { port, holder } = receiver.insteadOf;
    facts.push(vscode.l10n.t('Port {0} is in use by {1}', port, holder));
  }
  facts.push(
    received.spans === 0
      ? vscode.l10n.t('Nothing received yet')
      : vscode.l10n.t(
          '{0} in the last minute, {1} in total',
          counted(received.recentSpans, 'span'),
          counted(received.spans, 'span'),
        ),
  );
  if (storeProblem !== null) facts.push(vscode.l10n.t('Traces cannot be stored: {0}', storeProblem));
  for (const problem of liveProblems) facts.push(vscode.l10n.t('Paused: {0}', problem));
  return facts;
}
