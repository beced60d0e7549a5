import { globSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { stageExtension } from '../../../scripts/stageExtension.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
/** Of this process alone: test runs side by side do not disturb each other. mocha is found from inside the project. */
const own = path.join(root, '.vscode-test', 'staged', String(process.pid));
const staged = path.join(own, 'extension');
const tests = path.join(own, 'tests');

/** The editor brings the first along; mocha must be the one instance that runs the tests. */
const EXTERNAL = ['vscode', 'mocha'];

/** Builds the extension into a folder that goes with this process; returns that folder. */
export function stageForProcess(): string {
  process.once('exit', () => rmSync(own, { recursive: true, force: true }));
  stageExtension(root, staged);
  return staged;
}

/**
 * Bundles the tests of test/extension for the extension host; returns the module whose `run()` the editor
 * calls. The runner loads the tests itself, after mocha's functions are in place.
 */
export async function bundleExtensionTests(): Promise<string> {
  const files = globSync('test/extension/**/*.test.ts', { cwd: root }).sort();
  const shared: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: EXTERNAL,
    logLevel: 'warning',
  };
  await build({
    ...shared,
    entryPoints: ['test/extension/run.ts'],
    outfile: path.join(tests, 'run.cjs'),
  });
  await build({
    ...shared,
    // The package's main entry is UMD, which cannot be bundled.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    stdin: { contents: files.map((file) => `import './${file}';`).join('\n'), resolveDir: root },
    outfile: path.join(tests, 'tests.cjs'),
  });
  return path.join(tests, 'run.cjs');
}
