import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../freePort.ts';

export interface EditorServer {
  readonly port: number;
  /** Address of the workbench on a folder, for a person or a browser. */
  address(workspace: string, payload?: readonly (readonly [string, string])[]): string;
  /** How the workbench names a path of this machine. */
  remote(file: string): string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** The server's program, as `installEditor` returns it. */
  main: string;
  /** False to test Restricted Mode: every folder is then untrusted until a person trusts it. */
  trusted: boolean;
  /** For the extension host. */
  environment?: { [name: string]: string };
  /** The person's settings. */
  settings?: { [id: string]: unknown };
  /** Folders of further extensions, which are installed as from the marketplace. */
  extensions?: readonly string[];
  /** A packed extension, which is installed as a person would. */
  vsix?: string | undefined;
  port?: number;
}

/** What keeps pictures and journeys the same from run to run. */
const CALM_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.reduceMotion': 'on',
  'workbench.tips.enabled': false,
  'window.commandCenter': false,
  'chat.commandCenter.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  // Its process outlives the window, and its port is one for the whole machine.
  'touchstone.traces.receive': 'off',
};

/** Starts VS Code's server on a port of 127.0.0.1, with a data folder of its own that goes with it. */
export async function startServer(options: ServerOptions): Promise<EditorServer> {
  const data = mkdtempSync(path.join(os.tmpdir(), 'touchstone-editor-'));
  writeSettings(data, { ...CALM_SETTINGS, ...options.settings });
  for (const folder of options.extensions ?? [])
    cpSync(folder, path.join(data, 'extensions', path.basename(folder)), { recursive: true });
  if (options.vsix !== undefined) installPacked(options.main, options.vsix, data);
  const port = options.port ?? (await freePort());
  const child = spawn(process.execPath, [options.main, ...argumentsOf(port, data, options.trusted)], {
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await listening(child);
  const remote = (file: string) => `vscode-remote://127.0.0.1:${port}${file}`;
  return {
    port,
    remote,
    address: (workspace, payload = []) => {
      const url = new URL(`http://127.0.0.1:${port}/`);
      url.searchParams.set('folder', workspace);
      url.searchParams.set('payload', JSON.stringify([...payload, ['skipWelcome', 'true']]));
      return url.href;
    },
    stop: async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await exited;
      }
      rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function writeSettings(data: string, settings: object): void {
  const folder = path.join(data, 'data', 'Machine');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(settings));
}

function installPacked(main: string, vsix: string, data: string): void {
  const own = ['--server-data-dir', data, '--accept-server-license-terms'];
  execFileSync(process.execPath, [main, '--install-extension', vsix, ...own], { stdio: 'pipe' });
}

function argumentsOf(port: number, data: string, trusted: boolean): string[] {
  return [
    ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
    ...['--accept-server-license-terms', '--telemetry-level', 'off', '--server-data-dir', data],
    // Without it the built workbench ignores the extension's path in the address.
    '--enable-smoke-test-driver',
    ...(trusted ? ['--disable-workspace-trust'] : []),
  ];
}

/** Resolves when the server says that it listens; rejects with what it said when it ends before. */
function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (/listening on|Web UI available|Server bound to/i.test(said)) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => reject(new Error(`the editor's server ended (${code}):\n${said}`)));
  });
}
