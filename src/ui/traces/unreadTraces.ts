import * as vscode from 'vscode';
import { reasonOf } from '../output/reasonOf.ts';
import type { TraceNode, TracesView } from './tracesView.ts';

/** Says above the list why it could not be read: an empty view would say that there are no traces. */
export function sayUnread(tree: vscode.TreeView<TraceNode>, view: TracesView): vscode.Disposable {
  return view.onDidRead((error) => {
    tree.message = error === undefined ? '' : vscode.l10n.t('Traces could not be read: {0}', reasonOf(error));
  });
}
