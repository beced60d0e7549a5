import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { extensionManifest } from './extensionManifest.ts';

/** What of the project the editor needs beside its manifest and the bundle. */
const SHIPPED = ['package.nls.json', 'l10n', 'media', 'LICENSE'];

/** Builds the extension into a folder from which an editor can run it. */
export function stageExtension(root: string, folder: string, options: { sourcemap?: boolean } = {}): void {
  mkdirSync(folder, { recursive: true });
  for (const name of SHIPPED) cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(extensionManifest(root), null, 2));
  const build = [path.join(root, 'esbuild.mjs'), path.join(folder, 'dist')];
  if (options.sourcemap) build.push('--sourcemap');
  execFileSync(process.execPath, build, { cwd: root, stdio: 'inherit' });
}
