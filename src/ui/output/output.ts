import * as vscode from 'vscode';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { Failure } from '../../protocol/failure.ts';
import { PlainError } from './plainError.ts';
import { withoutLinks } from './withoutLinks.ts';

/** What this extension says: the output channel, and messages with something to do about them. */
export class Output implements vscode.Disposable {
  readonly channel: vscode.LogOutputChannel;

  constructor() {
    this.channel = vscode.window.createOutputChannel('Touchstone', { log: true });
  }

  show(): void {
    this.channel.show(true);
  }

  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: object): void {
    const line = fields && Object.keys(fields).length > 0 ? `${message} ${JSON.stringify(fields)}` : message;
    this.channel[level](line);
  }

  /** Tells the person of an error, unless it is a cancellation. Resolves when the message is dealt with. */
  async showError(error: unknown): Promise<void> {
    if (isCancellation(error)) return;
    if (error instanceof CallFailure) return this.showFailure(error.failure);
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof PlainError) {
      this.channel.warn(message);
      // It says all there is to know: the output has nothing to add.
      await vscode.window.showWarningMessage(withoutLinks(message));
      return;
    }
    this.channel.error(error instanceof Error ? error : message);
    await this.#offerOutput(message);
  }

  async showFailure(failure: Failure): Promise<void> {
    switch (failure.kind) {
      case 'untrusted':
        return this.#offerTrust(failure);
      case 'user':
        this.channel.warn(describe(failure));
        return this.#offerPlace(failure);
      case 'model':
        this.channel.warn(failure.message);
        return this.#offerOutput(failure.message);
      case 'bug':
        this.channel.error(failure.stack ?? failure.message);
        return this.#offerOutput(vscode.l10n.t('Bug in Touchstone: {0}', failure.message));
    }
  }

  dispose(): void {
    this.channel.dispose();
  }

  async #offerOutput(message: string): Promise<void> {
    const show = vscode.l10n.t('Show Output');
    if ((await vscode.window.showErrorMessage(withoutLinks(message), show)) === show) this.show();
  }

  async #offerTrust({ message, remedy }: { message: string; remedy: string }): Promise<void> {
    const manage = vscode.l10n.t('Manage Workspace Trust');
    const answer = await vscode.window.showWarningMessage(
      withoutLinks(`${sentence(message)} ${remedy}`),
      manage,
    );
    if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  }

  async #offerPlace(failure: Extract<Failure, { kind: 'user' }>): Promise<void> {
    const { where, remedy, name } = failure;
    const text = remedy ? `${sentence(failure.message)} ${remedy}` : sentence(failure.message);
    const open = vscode.l10n.t('Open File');
    const setKey = vscode.l10n.t('Set API Key…');
    const file = where && (await existingFile(where.path));
    const offers = [...(file ? [open] : []), ...(name === 'MissingKeyError' ? [setKey] : [])];
    const answer = await vscode.window.showErrorMessage(withoutLinks(text), ...offers);
    if (answer === setKey) await vscode.commands.executeCommand('touchstone.setApiKey');
    if (answer !== open || !file) return;
    const at = new vscode.Position(
      Math.max(0, (where?.line ?? 1) - 1),
      Math.max(0, (where?.column ?? 1) - 1),
    );
    await vscode.window.showTextDocument(file, { selection: new vscode.Range(at, at) });
  }
}

export function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'AbortError');
}

function describe({ message, where, remedy }: Extract<Failure, { kind: 'user' }>): string {
  const place = where
    ? [where.path, where.line, where.column].filter((part) => part !== undefined).join(':')
    : '';
  return [place && `${place}:`, message, remedy && `(${remedy})`].filter(Boolean).join(' ');
}

/** Messages of the engine begin in lower case and have no full stop. */
function sentence(message: string): string {
  const begun = message.charAt(0).toLocaleUpperCase() + message.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

async function existingFile(file: string): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const uri = folder && !file.startsWith('/') ? vscode.Uri.joinPath(folder.uri, file) : vscode.Uri.file(file);
  try {
    await vscode.workspace.fs.stat(uri);
    return uri;
  } catch {
    return undefined;
  }
}
