import * as vscode from 'vscode';

/** There is no folder on a disk that could be worked in. */
export class NoFolderError extends Error {
  constructor() {
    super(vscode.l10n.t('Open a folder first. Touchstone works in a folder.'));
    this.name = 'NoFolderError';
  }
}

/** The folder that this window's engine serves: the first one on a disk. Throws NoFolderError. */
export function workspaceFolder(): vscode.WorkspaceFolder {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  if (folder) return folder;
  throw new NoFolderError();
}
