import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { Output } from '../output/output.ts';

/** As package.json has it, behind the extension's own id. */
const WALKTHROUGH = 'touchstone.touchstone#touchstone.start';

export function registerWalkthrough(output: Output): vscode.Disposable {
  return registerCommand(
    'touchstone.openWalkthrough',
    async () => {
      await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH);
    },
    output,
  );
}
