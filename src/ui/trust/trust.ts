import * as vscode from 'vscode';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';

/** Refuses a bridge call while the workspace is not trusted, whoever makes it. */
export function onlyTrusted<P, R>(
  work: (params: P, signal: AbortSignal) => Promise<R>,
): (params: P, signal: AbortSignal) => Promise<R> {
  return async (params, signal) => {
    if (vscode.workspace.isTrusted) return work(params, signal);
    throw new Error('the workspace is not trusted');
  };
}

/** Refuses what runs something before the person is asked any question. Throws CallFailure. */
export function requireTrust(what: string): void {
  if (vscode.workspace.isTrusted) return;
  throw new CallFailure('trust', {
    kind: 'untrusted',
    message: vscode.l10n.t('{0} needs a trusted workspace', what),
    remedy: vscode.l10n.t('Trust the workspace, then try again.'),
  });
}

/**
 * Trust is fixed for the life of an engine process, and checked there. When the person grants it, the engine
 * is started anew; taking it back reloads the window, which the editor does by itself.
 */
export function registerTrust(engine: EngineClient, output: Output): vscode.Disposable {
  return vscode.workspace.onDidGrantWorkspaceTrust(() => {
    engine.refresh().catch((error: unknown) => output.showError(error));
  });
}
