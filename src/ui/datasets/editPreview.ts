import path from 'node:path';
import * as vscode from 'vscode';
import type { TextEdit } from '../../protocol/datasetCalls.ts';
import { registerCommand, setContext } from '../commands.ts';
import { type AskEdits, currentEdits, type Edited } from '../edits/editableText.ts';
import { editable, plainly } from '../edits/fileEdits.ts';
import { toRange } from '../language/ranges.ts';
import type { Output } from '../output/output.ts';

const SCHEME = 'touchstone-preview';

/** What a person is to look at: the edits, and what they do in a few words. */
export interface ProposedEdits extends Edited {
  /** Short: it stands in a tab. */
  title: string;
  /** What the person is to know beside it before they answer. */
  reason?: string;
}

/** Works an edit out for the text that it is given. Rejects where it cannot be worked out for that text. */
export type Propose = AskEdits<ProposedEdits>;

interface Shown {
  /** The file that it changes. */
  uri: vscode.Uri;
  propose: Propose;
  version: number;
  /** The text that the edits were worked out for. */
  before: string;
  edits: readonly TextEdit[];
  /** The text with the edit. */
  text: string;
}

/**
 * Shows an edit of a file beside the file before it is made. The person applies or discards it with the buttons
 * above the comparison, or with the message. Each proposal has a preview of its own, so that no button ever applies
 * another edit than the one that it was shown with.
 */
export class EditPreview implements vscode.Disposable {
  /** By the address of their preview. */
  readonly #shown = new Map<string, Shown>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;
  readonly #output: Output;
  #count = 0;

  constructor(output: Output) {
    this.#output = output;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: (uri) => this.#shown.get(uri.toString())?.text ?? '',
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === SCHEME) this.#forget(uri.toString());
      }),
      registerCommand('touchstone.applyEdit', (given) => this.#applyNamed(given), output),
      registerCommand('touchstone.discardEdit', (given) => this.#discardNamed(given), output),
    );
  }

  /** Opens the comparison; false when there is nothing to change. Nothing is changed until the person says so. */
  async show(uri: vscode.Uri, propose: Propose): Promise<boolean> {
    const document = await vscode.workspace.openTextDocument(uri);
    const { version, asked } = await plainly(currentEdits(editable(document), propose));
    const { edits, title, reason } = asked;
    if (edits.length === 0) return false;

    this.#count += 1;
    const preview = vscode.Uri.from({ scheme: SCHEME, path: uri.path, query: String(this.#count) });
    const before = document.getText();
    this.#shown.set(preview.toString(), {
      ...{ uri, propose, version, before, edits },
      text: applied(document, edits),
    });
    await setContext('touchstone.editPending', true);
    const name = `${path.posix.basename(uri.path)}: ${title}`;
    await vscode.commands.executeCommand('vscode.diff', uri, preview, name, { preview: true });
    const question = `${title}? ${reason ?? ''}`.trim();
    void this.#offer(preview.toString(), question).catch((error: unknown) => this.#output.showError(error));
    return true;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #offer(key: string, question: string): Promise<void> {
    const apply = vscode.l10n.t('Apply');
    const discard = vscode.l10n.t('Discard');
    const answer = await vscode.window.showInformationMessage(question, apply, discard);
    if (answer === apply) await this.#apply(key);
    if (answer === discard) await this.#close(key);
  }

  async #applyNamed(given: unknown): Promise<void> {
    await this.#apply(this.#find(given));
  }

  async #discardNamed(given: unknown): Promise<void> {
    const key = this.#find(given);
    if (key !== undefined) await this.#close(key);
  }

  /** An edit of a file that has changed since is worked out anew and shown again. */
  async #apply(key: string | undefined): Promise<void> {
    const shown = key === undefined ? undefined : this.#shown.get(key);
    if (key === undefined || !shown) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('This edit is no longer open: it was applied, discarded or closed.'),
      );
      return;
    }
    const document = await vscode.workspace.openTextDocument(shown.uri);
    const wasDirty = document.isDirty;
    // A file that was read from the disk again, or changed back, has another version and the same text.
    const version = document.getText() === shown.before ? document.version : shown.version;
    const isApplied = await editable(document).apply(shown.edits, version);
    // What the person had not saved yet stays unsaved, with the edit in it.
    if (isApplied && !wasDirty) await document.save();
    await this.#close(key);
    if (!isApplied) await this.#showAgain(shown);
  }

  async #showAgain({ uri, propose }: Shown): Promise<void> {
    const isShown = await this.show(uri, propose);
    void vscode.window.showInformationMessage(
      isShown
        ? vscode.l10n.t('The file has changed. The edit has been updated for its current content.')
        : vscode.l10n.t('The file has changed, and there is nothing left to edit.'),
    );
  }

  /** The one that is named by its preview, else the last one shown of the file, else the last one. */
  #find(given: unknown): string | undefined {
    const keys = [...this.#shown.keys()];
    if (!(given instanceof vscode.Uri)) return keys.at(-1);
    if (given.scheme === SCHEME) return this.#shown.has(given.toString()) ? given.toString() : undefined;
    return keys.findLast((key) => this.#shown.get(key)?.uri.toString() === given.toString());
  }

  async #close(key: string): Promise<void> {
    this.#forget(key);
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === key);
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
  }

  #forget(key: string): void {
    this.#shown.delete(key);
    void setContext('touchstone.editPending', this.#shown.size > 0);
  }
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
