import path from 'node:path';
import * as vscode from 'vscode';
import type { TextEdit } from '../../protocol/datasetCalls.ts';
import { registerCommand, setContext } from '../commands.ts';
import { toRange } from '../language/ranges.ts';
import type { Output } from '../output/output.ts';
import { PlainError } from '../output/plainError.ts';

const SCHEME = 'touchstone-preview';

interface Pending {
  /** The file as it was when the edit was worked out. */
  uri: vscode.Uri;
  version: number;
  edits: readonly TextEdit[];
  text: string;
}

/**
 * Shows an edit of a dataset beside the file before it is made. The person applies or discards it with the
 * buttons above the comparison, or with the message.
 */
export class EditPreview implements vscode.Disposable {
  readonly #pending = new Map<string, Pending>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: (uri) => this.#pending.get(uri.path)?.text ?? '',
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === SCHEME) this.#forget(uri.path);
      }),
      registerCommand('touchstone.applyEdit', (given) => this.#apply(given), output),
      registerCommand('touchstone.discardEdit', (given) => this.#discard(given), output),
    );
  }

  /** Opens the comparison. Nothing is changed until the person says so. */
  async show(document: vscode.TextDocument, edits: readonly TextEdit[], title: string): Promise<void> {
    const { uri, version } = document;
    const text = applied(document, edits);
    const preview = vscode.Uri.from({ scheme: SCHEME, path: uri.path });
    this.#pending.set(preview.path, { uri, version, edits, text });
    this.#changed.fire(preview);
    await setContext('touchstone.editPending', true);
    const name = `${path.posix.basename(uri.path)}: ${title}`;
    await vscode.commands.executeCommand('vscode.diff', uri, preview, name, { preview: true });
    void this.#ask(preview, title).catch((error: unknown) => this.#output.showError(error));
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #ask(preview: vscode.Uri, title: string): Promise<void> {
    const apply = vscode.l10n.t('Apply');
    const discard = vscode.l10n.t('Discard');
    const answer = await vscode.window.showInformationMessage(`${title}?`, apply, discard);
    if (!this.#pending.has(preview.path)) return;
    if (answer === apply) await this.#apply(preview);
    if (answer === discard) await this.#discard(preview);
  }

  async #apply(given: unknown): Promise<void> {
    const found = this.#find(given);
    if (!found) throw new PlainError(vscode.l10n.t('There is no edit to apply.'));
    const [key, { uri, version, edits }] = found;
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.version !== version) {
      await this.#close(key);
      throw new PlainError(vscode.l10n.t('The file has changed since. Ask for the edit again.'));
    }
    const wasDirty = document.isDirty;
    const edit = new vscode.WorkspaceEdit();
    for (const one of edits) edit.replace(uri, toRange(one), one.text);
    if (!(await vscode.workspace.applyEdit(edit))) {
      throw new PlainError(vscode.l10n.t('The editor did not accept the change.'));
    }
    // What the person had not saved yet stays unsaved, with the edit in it.
    if (!wasDirty) await document.save();
    await this.#close(key);
  }

  async #discard(given: unknown): Promise<void> {
    const found = this.#find(given);
    if (found) await this.#close(found[0]);
  }

  /** The one that is named by either side of its comparison, else the last one that was shown. */
  #find(given: unknown): [key: string, pending: Pending] | undefined {
    const shown = given instanceof vscode.Uri ? given.path : undefined;
    const all = [...this.#pending];
    return shown === undefined ? all.at(-1) : all.find(([key]) => key === shown);
  }

  async #close(key: string): Promise<void> {
    this.#forget(key);
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputTextDiff && isPreview(input.modified, key));
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
  }

  #forget(key: string): void {
    this.#pending.delete(key);
    void setContext('touchstone.editPending', this.#pending.size > 0);
  }
}

function isPreview(uri: vscode.Uri, key: string): boolean {
  return uri.scheme === SCHEME && uri.path === key;
}

/** The text after the edits, which do not overlap and stand in order. */
function applied(document: vscode.TextDocument, edits: readonly TextEdit[]): string {
  const text = document.getText();
  return edits.reduceRight((result, edit) => {
    const range = toRange(edit);
    return (
      result.slice(0, document.offsetAt(range.start)) + edit.text + result.slice(document.offsetAt(range.end))
    );
  }, text);
}
