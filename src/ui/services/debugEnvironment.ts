import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { workspaceFolder } from '../workspaceFolder.ts';
import type { SharedEnvironment } from './sharedEnvironment.ts';

/** Whose programs are started with variables of their configuration. */
const TYPES = ['node', 'pwa-node', 'node-terminal', 'python', 'debugpy', 'bun', 'deno'] as const;

/** Programs that are debugged get the variables, too: not all of them are started in a terminal. */
export function registerDebugEnvironment(environment: SharedEnvironment): vscode.Disposable {
  const provider: vscode.DebugConfigurationProvider = {
    resolveDebugConfigurationWithSubstitutedVariables: (folder, config) =>
      withEnvironment(folder, config, environment),
  };
  return vscode.Disposable.from(
    ...TYPES.map((type) => vscode.debug.registerDebugConfigurationProvider(type, provider)),
  );
}

/** A configuration with the variables, beneath its own. */
export async function withEnvironment(
  folder: vscode.WorkspaceFolder | undefined,
  config: vscode.DebugConfiguration,
  environment: SharedEnvironment,
): Promise<vscode.DebugConfiguration> {
  const isOurs = folder === undefined || folder.uri.toString() === workspaceFolder().uri.toString();
  if (config.request !== 'launch' || !isOurs) return config;

  const env = variablesOf(config['env']);
  const fromFiles = await environmentFiles(config['envFile'], folder);
  const variables = environment.variables((name) => env[name] ?? fromFiles.get(name) ?? process.env[name]);
  return { ...config, env: { ...variables, ...env } };
}

function variablesOf(given: unknown): { [name: string]: string } {
  if (typeof given !== 'object' || given === null) return {};
  return Object.fromEntries(Object.entries(given).filter(([, value]) => typeof value === 'string'));
}

/** What is in the files that a configuration names; one that cannot be read is the debugger's to report. */
async function environmentFiles(
  given: unknown,
  folder: vscode.WorkspaceFolder | undefined,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of [given].flat()) {
    if (typeof name !== 'string') continue;
    const text = await readFile(path.resolve(folder?.uri.fsPath ?? '', name), 'utf8').catch(() => '');
    for (const [, variable = '', value = ''] of text.matchAll(/^\s*(?:export\s+)?([A-Z0-9_]+)\s*=\s*(.*)$/gm))
      found.set(variable, value.trim());
  }
  return found;
}
