import path from 'node:path';
import * as vscode from 'vscode';
import { placeCommand } from './placeCommand.ts';
import type { Listing } from './workspaceListing.ts';

/** A row for a configuration that cannot be read; opens the line. */
export interface ProblemNode {
  kind: 'problem';
  root: string;
  problem: NonNullable<Listing['broken']>;
}

/** None where the configuration can be read. */
export function problemNodes({ root, broken }: Listing): ProblemNode[] {
  return broken ? [{ kind: 'problem', root, problem: broken }] : [];
}

export function problemItem({ root, problem }: ProblemNode): vscode.TreeItem {
  const { path: file, line } = problem.location;
  const name = path.posix.basename(file);
  const item = new vscode.TreeItem(vscode.l10n.t('{0} could not be read', name));
  item.id = 'problem';
  item.contextValue = 'problem';
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.description = vscode.l10n.t('line {0}: {1}', line, problem.message);
  item.tooltip = [
    problem.message,
    ...(problem.remedy === undefined ? [] : [problem.remedy]),
    vscode.l10n.t('Until this is fixed, the suites are shown as last loaded.'),
  ].join('\n');
  item.command = placeCommand(path.resolve(root, file), problem.location);
  return item;
}
