import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** code-server's version; it holds VS Code itself, 1.139.1. */
const VERSION = '4.139.1';
const root = path.join(import.meta.dirname, '..', '..', '..');
const folder = path.join(root, '.vscode-test', `code-server-${VERSION}`);
const server = path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');

/** The program that serves the workbench, or why there is none on this machine. */
export type Editor = { installed: true; main: string } | { installed: false; reason: string };

/**
 * Puts VS Code into `.vscode-test/`, from the npm registry alone and without a compiler; at once when it is
 * there already. `TOUCHSTONE_SKIP_EDITOR=1` leaves it out.
 */
export function installEditor(): Editor {
  if (process.env['TOUCHSTONE_SKIP_EDITOR'] === '1') {
    return { installed: false, reason: 'TOUCHSTONE_SKIP_EDITOR is set' };
  }
  const main = path.join(server, 'out', 'server-main.js');
  const stamp = path.join(folder, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === VERSION) return { installed: true, main };
  console.log(`installing VS Code (code-server ${VERSION}) into .vscode-test`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
  const failed =
    npm(folder, ['install', ...quiet, '--no-save', `code-server@${VERSION}`]) ??
    npm(server, ['install', ...quiet, '--omit=dev', '--omit=optional']);
  if (failed) return { installed: false, reason: `VS Code could not be installed: ${failed}` };
  writeFileSync(stamp, VERSION);
  return { installed: true, main };
}

/** Undefined when it worked, else what npm said last. */
function npm(cwd: string, args: readonly string[]): string | undefined {
  const bin = path.join(root, 'node_modules', '.bin');
  const result = spawnSync('npm', args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` },
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return undefined;
  return (result.error?.message ?? result.stderr.trim().split('\n').at(-1)) || `exit code ${result.status}`;
}
