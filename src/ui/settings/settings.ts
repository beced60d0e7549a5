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

  /** When traces are received. */
  get receiveTraces(): SettingValues['touchstone.traces.receive'] {
    const when = read('touchstone.traces.receive');
    return RECEIVE.includes(when) ? when : 'whenNeeded';
  }

  /** The port on which traces are received; null for the usual one, or any other where that is taken. */
  get tracesPort(): number | null {
    const port = read('touchstone.traces.port');
    const isPort = Number.isInteger(port) && port >= 0 && port <= 65_535;
    return isPort && port !== FALLBACKS['touchstone.traces.port'] ? port : null;
  }

  /** Whether senders of traces must show a token. */
  get requireTraceToken(): boolean {
    return read('touchstone.traces.requireToken');
  }

  /** Whether programs that are started in this window are told where to send traces. */
  get traceEnvironment(): SettingValues['touchstone.traces.environment'] {
    const when = read('touchstone.traces.environment');
    return ENVIRONMENT.includes(when) ? when : 'unlessSet';
  }

  /** The port of the gateway; null for the configured or usual one, or any other where that is taken. */
  get gatewayPort(): number | null {
    const port = read('touchstone.gateway.port');
    const isPort = Number.isInteger(port) && port >= 0 && port <= 65_535;
    return isPort && port !== FALLBACKS['touchstone.gateway.port'] ? port : null;
  }

  /** Whether programs that are started in this window ask the gateway in place of a provider. */
  get gatewayEnvironment(): boolean {
    return read('touchstone.gateway.environment');
  }

  /** Templates of addresses by the names of the services; what is no text is left out. */
  get traceLinks(): { readonly [name: string]: string } {
    const links = Object.entries(read('touchstone.traces.links'));
    return Object.fromEntries(links.filter(([, link]) => typeof link === 'string' && link !== ''));
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

const RECEIVE: readonly SettingValues['touchstone.traces.receive'][] = ['off', 'whenNeeded', 'always'];

const ENVIRONMENT: readonly SettingValues['touchstone.traces.environment'][] = ['off', 'unlessSet', 'always'];

/** The defaults of package.json, once more, for values that are no use. */
const FALLBACKS: SettingValues = {
  'touchstone.config': '',
  'touchstone.model': '',
  'touchstone.allowScripts': false,
  'touchstone.compressionHints': 'safe',
  'touchstone.confirmCostAbove': 0.1,
  'touchstone.traces.receive': 'whenNeeded',
  'touchstone.traces.port': 4318,
  'touchstone.traces.requireToken': false,
  'touchstone.traces.environment': 'unlessSet',
  'touchstone.traces.links': {},
  'touchstone.gateway.port': 4320,
  'touchstone.gateway.environment': true,
};
