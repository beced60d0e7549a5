import * as vscode from 'vscode';
import { toRange } from '../language/ranges.ts';
import { PlainError } from '../output/plainError.ts';
import { type AskEdits, type EditableText, makeEdit, RestlessText } from './editableText.ts';
import { InTurn } from './inTurn.ts';

/** Edits that are made without a preview, one after the other in each file. */
export class FileEdits {
  readonly #turns = new InTurn();

  /**
   * Makes an edit of a file (absolute path) as it stands in the editor; like any edit it can be undone. What the
   * person had not saved stays unsaved, with the edit in it. False when there was nothing to change.
   */
  edit(file: string, ask: AskEdits): Promise<boolean> {
    return this.#turns.run(file, async () =>
      plainly(makeEdit(editable(await vscode.workspace.openTextDocument(file)), ask)),
    );
  }
}

/** A document as something to be edited. */
export function editable(document: vscode.TextDocument): EditableText {
  return {
    get version() {
      return document.version;
    },
    get isDirty() {
      return document.isDirty;
    },
    getText: () => document.getText(),
    apply: async (edits, version) => {
      if (document.isClosed || document.version !== version) return false;
      const edit = new vscode.WorkspaceEdit();
      for (const one of edits) edit.replace(document.uri, toRange(one), one.text);
      // The editor refuses it too where its own version is newer than what it has told so far.
      return vscode.workspace.applyEdit(edit);
    },
    save: () => document.save(),
  };
}

/** With words for the person where the file would not keep still. */
export async function plainly<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof RestlessText)) throw error;
    throw new PlainError(vscode.l10n.t('The file kept changing, so the edit was not applied. Try again.'));
  }
}
