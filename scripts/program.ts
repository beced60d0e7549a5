import { readFileSync } from 'node:fs';
import path from 'node:path';

const modules = path.join(path.dirname(import.meta.dirname), 'node_modules');

/**
 * The script behind a command of an installed package, to be run with Node. What npm puts into `.bin` is a program only
 * on Linux and macOS; on Windows it cannot be started without a shell.
 */
export function program(packageName: string, command: string = packageName): string {
  const folder = path.join(modules, packageName);
  const manifest: { bin: { [command: string]: string } } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  const script = manifest.bin[command];
  if (script === undefined) throw new Error(`${packageName} has no command ${command}`);
  return path.join(folder, script);
}
