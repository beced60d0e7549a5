import * as vscode from 'vscode';
import type { SettingId, SettingValues } from '../ids.ts';

/** The one reader of this extension's settings. Values are read when asked for, so that none grows stale. */
export class Settings {
  /**
   * The configuration, absolute or relative to the workspace folder, with `/`; undefined for touchstone.yaml, or none
   * at all.
   */
  get config(): string | undefined {
    return read('touchstone.config').trim().replaceAll('\\', '/') || undefined;
  }

  /** The model of every prompt, as `provider/model`; undefined for the one that each names itself. */
  get model(): string | undefined {
    return read('touchstone.model').trim() || undefined;
  }

  /** Whether JavaScript that datasets and suites bring along may run. */
  get allowScripts(): boolean {
    return read('touchstone.allowScripts');
  }

  /** Up to which level compressible stretches of prompts are faded. */
  get compressionHints(): SettingValues['touchstone.compressionHints'] {
    const level = read('touchstone.compressionHints');
    return HINTS.includes(level) ? level : 'safe';
  }

  /** US dollars: runs that may cost more are asked about. */
  get confirmCostAbove(): number {
    return Math.max(0, read('touchstone.confirmCostAbove'));
  }

  /** In the workspace where there is one, else for the person. */
  async setModel(model: string | undefined): Promise<void> {
    const target = vscode.workspace.workspaceFolders
      ? vscode.ConfigurationTarget.Workspace
      : vscode.ConfigurationTarget.Global;
    await vscode.workspace.getConfiguration().update('touchstone.model', model, target);
  }

  /** Hears of changes of one setting. */
  onDidChange(id: SettingId, listener: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(id)) listener();
    });
  }
}

/** A value of a wrong type, as a hand-written settings.json may hold, is as good as none. */
function read<Id extends SettingId>(id: Id): SettingValues[Id] {
  const fallback = FALLBACKS[id];
  const value = vscode.workspace.getConfiguration().get<unknown>(id);
  return typeof value === typeof fallback ? (value as SettingValues[Id]) : fallback;
}

const HINTS: readonly SettingValues['touchstone.compressionHints'][] = [
  'off',
  'lossless',
  'safe',
  'aggressive',
];

/** The defaults of package.json, once more, for values that are no use. */
const FALLBACKS: SettingValues = {
  'touchstone.config': '',
  'touchstone.model': '',
  'touchstone.allowScripts': false,
  'touchstone.compressionHints': 'safe',
  'touchstone.confirmCostAbove': 0.1,
};
