import * as vscode from 'vscode';
import type { CommandId, Commands, ContextId, ContextValues } from './ids.ts';
import type { Output } from './output/output.ts';

/**
 * Registers a command of this extension. What goes wrong in it is shown to the person, and the command then
 * returns undefined.
 */
export function registerCommand<Id extends CommandId>(
  id: Id,
  handler: Commands[Id],
  output: Output,
): vscode.Disposable {
  const run = handler as (...given: unknown[]) => unknown;
  return vscode.commands.registerCommand(id, async (...given: unknown[]) => {
    try {
      return await run(...given);
    } catch (error) {
      await output.showError(error);
      return undefined;
    }
  });
}

export async function setContext<Id extends ContextId>(id: Id, value: ContextValues[Id]): Promise<void> {
  await vscode.commands.executeCommand('setContext', id, value);
}
