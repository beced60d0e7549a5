import * as vscode from 'vscode';
import type { Fix } from '../../protocol/languageCalls.ts';
import type { CommandId } from '../ids.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { toRange, toSpan } from './ranges.ts';

/** The light bulb: what the engine offers for the problems at the cursor, and for the versions of a dataset. */
export class FixProvider implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite];
  readonly #documents: OpenDocuments;

  constructor(documents: OpenDocuments) {
    this.#documents = documents;
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics, only }: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    const selection = diagnostics.reduce<vscode.Range>((all, { range: own }) => all.union(own), range);
    const found = await this.#documents.ask(
      'language/fixes',
      document,
      { selection: toSpan(selection) },
      token,
    );
    return (found?.fixes ?? [])
      .map((fix) => toAction(document, fix, diagnostics))
      .filter(({ kind }) => only === undefined || (kind !== undefined && only.contains(kind)));
  }
}

function toAction(
  document: vscode.TextDocument,
  { title, problem, preferred, change }: Fix,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction {
  const kind = problem ? vscode.CodeActionKind.QuickFix : vscode.CodeActionKind.RefactorRewrite;
  const action = new vscode.CodeAction(title, kind);
  action.isPreferred = preferred;
  setChange(action, document, change);
  if (!problem) return action;
  const { line, column } = problem.location;
  const start = new vscode.Position(line - 1, column - 1);
  action.diagnostics = diagnostics.filter(
    ({ code, range, source }) =>
      source === 'Touchstone' && code === problem.code && range.start.isEqual(start),
  );
  return action;
}

/** An upgrade touches much of a file, and is looked at first. */
function setChange(action: vscode.CodeAction, { uri }: vscode.TextDocument, change: Fix['change']): void {
  if (change.kind === 'upgrade') {
    const command: CommandId = 'touchstone.upgradeDataset';
    action.command = { command, title: action.title, arguments: [uri] };
    return;
  }
  action.edit = new vscode.WorkspaceEdit();
  if (change.kind === 'create') {
    const contents = new TextEncoder().encode(change.text);
    action.edit.createFile(vscode.Uri.file(change.path), { contents, ignoreIfExists: true });
    return;
  }
  for (const edit of change.edits) action.edit.replace(uri, toRange(edit), edit.text);
}
