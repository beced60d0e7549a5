import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The script of the services process, in the sources as in the bundle, where this file may be in a folder of chunks. */
export function servicesProgram(): string {
  if (import.meta.url.endsWith('.ts')) return fileURLToPath(new URL('../services.ts', import.meta.url));

  const [beside, above] = ['./services.js', '../services.js'].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  return beside !== undefined && existsSync(beside) ? beside : (above ?? '');
}
