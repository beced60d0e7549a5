import * as vscode from 'vscode';

/** Wiring only. */
export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel('Touchstone', { log: true });
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand('touchstone.showOutput', () => output.show()),
  );
}
