import * as vscode from 'vscode';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import { hasConfiguration } from './hasConfiguration.ts';
import type { WorkspaceListing } from './workspaceListing.ts';

/** The window has more pressing things to do first, in milliseconds. */
const LATER_MS = 1_000;

/** Looks for problems of a configuration once the window has started, so that they are seen before it is opened. */
export function checkAtStart(
  listing: WorkspaceListing,
  settings: Settings,
  output: Output,
): vscode.Disposable {
  if (!hasConfiguration(settings)) return new vscode.Disposable(() => {});
  const timer = setTimeout(() => {
    listing
      .get()
      .catch((error: unknown) => output.log('debug', `could not list the workspace: ${String(error)}`));
  }, LATER_MS);
  return new vscode.Disposable(() => clearTimeout(timer));
}
