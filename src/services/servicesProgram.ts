import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The script of the services process, in the sources as in the bundle, where this file may be in a folder of chunks. */
export function servicesProgram(): string {
  return import.meta.url.endsWith('.ts') ? pathOf('../services.ts') : bundled('services.js');
}

/** The script of the thread in which the gateway runs. */
export function gatewayProgram(): string {
  return import.meta.url.endsWith('.ts') ? pathOf('./gatewayWorker.ts') : bundled('gatewayWorker.js');
}

function bundled(name: string): string {
  const beside = pathOf(`./${name}`);
  return existsSync(beside) ? beside : pathOf(`../${name}`);
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
