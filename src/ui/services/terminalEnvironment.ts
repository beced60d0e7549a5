import * as vscode from 'vscode';
import type { GatewayFeed } from '../gateway/gatewayFeed.ts';
import type { Settings } from '../settings/settings.ts';
import { workspaceFolder } from '../workspaceFolder.ts';
import type { SharedEnvironment } from './sharedEnvironment.ts';
import type { TraceReceiver } from './traceReceiver.ts';

/** Terminals and tasks get the variables while traces are received and the gateway runs. They are taken back when that ends. */
export function registerTerminalEnvironment(
  collection: vscode.GlobalEnvironmentVariableCollection,
  environment: SharedEnvironment,
  { receiver, gateway, settings }: { receiver: TraceReceiver; gateway: GatewayFeed; settings: Settings },
): vscode.Disposable {
  // Without a process that receives, they would only be in the way.
  collection.persistent = false;
  let given = '';

  const give = (): void => {
    const variables = environment.variables(ownVariable);
    const now = JSON.stringify(variables);
    // Each change makes the editor offer to relaunch terminals.
    if (now === given) return;
    given = now;

    collection.clear();
    const scoped = scopeOf(collection);
    scoped.clear();
    scoped.description =
      'OPENAI_BASE_URL' in variables
        ? vscode.l10n.t('Sends requests and traces of agents that are started here to Touchstone.')
        : vscode.l10n.t('Sends the traces of agents that are started here to Touchstone.');
    for (const [name, value] of Object.entries(variables)) scoped.replace(name, value);
  };

  collection.clear();
  give();
  return vscode.Disposable.from(
    receiver.onDidChange(give),
    gateway.onDidChange(give),
    settings.onDidChange('touchstone.traces.environment', give),
    settings.onDidChange('touchstone.gateway.environment', give),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('terminal.integrated.env')) give();
    }),
  );
}

/** Terminals of other folders of the window are not ours. */
function scopeOf(
  collection: vscode.GlobalEnvironmentVariableCollection,
): vscode.EnvironmentVariableCollection {
  const count = vscode.workspace.workspaceFolders?.length ?? 0;
  return count > 1 ? collection.getScoped({ workspaceFolder: workspaceFolder() }) : collection;
}

const PLATFORMS: { [platform: string]: string } = { win32: 'windows', darwin: 'osx' };

/** As a terminal gets it: by the person's settings, else from the editor's own environment. */
function ownVariable(name: string): string | undefined {
  const platform = PLATFORMS[process.platform] ?? 'linux';
  const set = vscode.workspace
    .getConfiguration('terminal.integrated.env')
    .get<{ [name: string]: string | null }>(platform);
  if (set && Object.hasOwn(set, name)) return set[name] ?? undefined;
  return process.env[name];
}
