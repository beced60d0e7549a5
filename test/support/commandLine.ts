import { spawn } from 'node:child_process';
import path from 'node:path';
import { main } from '../../src/cli/main.ts';
import { styleFor } from '../../src/cli/terminal/style.ts';

const root = path.join(import.meta.dirname, '..', '..');

export interface CommandResult {
  code: number | null;
  out: string;
  err: string;
}

/** Runs a command line in this process, without colours, in a folder. */
export async function touchstone(cwd: string, ...argv: string[]): Promise<CommandResult> {
  const out: string[] = [];
  const err: string[] = [];
  const style = styleFor({}, { NO_COLOR: '1' });
  const code = await main(argv, {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    style,
    errStyle: style,
    width: 100,
    progress: { write: () => {} },
    cwd,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** Starts the command line as a process of its own; `kill` sends it a signal. */
export function startTouchstone(cwd: string, ...argv: string[]) {
  const child = spawn(process.execPath, [path.join(root, 'src', 'cli.ts'), ...argv], {
    cwd,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data;
  });
  child.stderr.on('data', (data: Buffer) => {
    err += data;
  });
  const done = new Promise<CommandResult>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { child, done, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}
