import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';

/** The folder that the editor has open: a copy of the sample workspace. */
export function workspaceRoot(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('no folder is open');
  return folder.uri.fsPath;
}

/** Writes files into the open folder, with `touchstone.yaml` kept aside; the returned function puts all back. */
export function writeWorkspace(files: { [path: string]: string }): () => void {
  const root = workspaceRoot();
  const kept = path.join(root, 'touchstone.yaml');
  const aside = path.join(root, '.touchstone.yaml.aside');
  if (files['touchstone.yaml'] !== undefined) copyFileSync(kept, aside);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return () => {
    for (const name of Object.keys(files)) rmSync(path.join(root, name), { force: true });
    if (!existsSync(aside)) return;
    copyFileSync(aside, kept);
    rmSync(aside);
  };
}
