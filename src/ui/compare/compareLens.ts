import * as vscode from 'vscode';
import type { CommandId } from '../ids.ts';

const COMPARE: CommandId = 'touchstone.compareWithHead';

/** Compare with HEAD, above a prompt. It runs both sides, so only in a trusted workspace. */
export class CompareLens implements vscode.CodeLensProvider {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #subscription = vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire());

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    if (!vscode.workspace.isTrusted) return [];
    const command = {
      title: `$(git-compare) ${vscode.l10n.t('Compare with HEAD')}`,
      tooltip: vscode.l10n.t('Is this prompt better than the one in the last commit?'),
      command: COMPARE,
      arguments: [{ path: uri.fsPath }],
    };
    return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command)];
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
