import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../test/support/temporaryFolder.ts';
import { extensionManifest } from './extensionManifest.ts';

/**
 * Makes the VSIX: npm run package [-- FILE]. What goes in is gathered in a folder of its own, so that nothing of
 * the project slips in by accident; everything is bundled, so it holds no node_modules.
 */
const root = path.join(import.meta.dirname, '..');

/** Beside the bundle. */
const SHIPPED = ['package.nls.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'l10n', 'media'];
const manifest = extensionManifest(root);
const target = path.resolve(process.argv[2] ?? `${manifest.name}-${manifest.version}.vsix`);
const scratch = temporaryFolder();
try {
  const stage = path.join(scratch, 'extension');
  gather(stage, path.join(scratch, 'dist'));
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  // It runs npm, which must not look for the project's own scripts in the staged folder.
  execFileSync(process.execPath, [vsce, 'package', ...options, '--out', target], {
    cwd: stage,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  console.log(`${target}: ${(statSync(target).size / 1024 / 1024).toFixed(2)} MB`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function gather(stage: string, built: string): void {
  mkdirSync(stage);
  writeFileSync(path.join(stage, 'package.json'), JSON.stringify(manifest, null, 2));
  for (const name of SHIPPED) cpSync(path.join(root, name), path.join(stage, name), { recursive: true });
  execFileSync(process.execPath, [path.join(root, 'esbuild.mjs'), built], { cwd: root, stdio: 'inherit' });
  const dist = path.join(stage, 'dist');
  for (const name of ['extension.cjs', 'ThirdPartyNotices.txt'])
    cpSync(path.join(built, name), path.join(dist, name));
  cpSync(path.join(built, 'webview'), path.join(dist, 'webview'), { recursive: true });
  // Threads are started by the names of their programs.
  const entries = ['engineProcess.js', 'services.js', ...globSync('*Worker.js', { cwd: built })];
  for (const file of entries.flatMap((entry) => [...reachable(built, entry)]))
    cpSync(path.join(built, file), path.join(dist, file), { recursive: true });
}

/** A module and all that it may load: the folder also holds the command line, which the editor does not need. */
function reachable(folder: string, entry: string): Set<string> {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    const text = readFileSync(path.join(folder, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/["'](\.{1,2}\/(?:chunks\/)?[\w.-]+\.js)["']/g)) {
      const next = path.posix.join(path.posix.dirname(file), name);
      if (statSync(path.join(folder, next), { throwIfNoEntry: false })?.isFile()) visit(next);
    }
  };
  visit(entry);
  return found;
}
