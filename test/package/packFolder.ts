import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import type { CommandResult } from '../support/commandLine.ts';

export const root = path.join(import.meta.dirname, '..', '..');
const shell = process.platform === 'win32';

/** npm with nothing from outside: whatever it installs has to be on this machine. */
export function npm(cwd: string, ...args: string[]): string {
  const quiet = ['--offline', '--no-audit', '--no-fund', '--loglevel=error'];
  return execFileSync('npm', [...args, ...quiet], { cwd, encoding: 'utf8', shell });
}

/** Builds and packs the project as `npm pack` does; returns the tarball. */
export function pack(folder: string): string {
  // What the build prints stands before the JSON.
  const said = npm(root, 'pack', '--json', '--pack-destination', folder).replace(
    /^[^[{][\s\S]*?\n(?=[[{]\n)/,
    '',
  );
  const [packed] = Object.values(JSON.parse(said) as Packed);
  if (!packed) throw new Error('npm pack packed nothing');
  return path.join(folder, packed.filename);
}

/** A list, or by name in newer versions of npm. */
type Packed = { filename: string }[] | { [name: string]: { filename: string } };

/** Runs a program to its end. `environment` is laid over this process's own. */
export async function runProgram(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: { [name: string]: string } = {},
): Promise<CommandResult> {
  const env = { ...process.env, NO_COLOR: '1', ...environment };
  const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, out: await out, err: await err };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
