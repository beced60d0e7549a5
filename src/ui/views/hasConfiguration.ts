import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Settings } from '../settings/settings.ts';

/** Whether the window's folder has a configuration of suites, as far as its name tells. */
export function hasConfiguration({ config }: Settings): boolean {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  if (!folder) return false;

  const names = config === undefined ? ['touchstone.yaml', 'promptfooconfig.yaml'] : [config];
  return names.some((name) => existsSync(path.resolve(folder.uri.fsPath, name)));
}
