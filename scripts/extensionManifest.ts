import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Parts of package.json that are about making the extension or about the command, not about running the extension. */
const LEFT_OUT = new Set(['files', 'bin', 'scripts', 'devDependencies', 'publishConfig']);

/**
 * The manifest that the editor gets. package.json is that of the npm package as well: there, the name has a scope,
 * which an editor does not know, and there is nothing to import.
 */
export function extensionManifest(root: string): { name: string; version: string; main: string } {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  const kept = Object.entries(manifest).filter(([field]) => !LEFT_OUT.has(field));
  return {
    ...(Object.fromEntries(kept) as typeof manifest),
    name: 'touchstone',
    main: './dist/extension.cjs',
  };
}
