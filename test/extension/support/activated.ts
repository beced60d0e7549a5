import * as vscode from 'vscode';
import type { Api } from '../../../src/extension.ts';

/** The extension under test, as the editor runs it. */
export async function activated(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>('touchstone.touchstone');
  if (!extension) throw new Error('the extension is not loaded');
  return extension.activate();
}
