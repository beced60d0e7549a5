#!/usr/bin/env node
// The entry of the command line. Older versions of Node must be able to read it, to be told which one is needed: it
// imports nothing before it knows the version.

/** The first version with `node:sqlite` and without a flag for it; package.json names it as well. */
const OLDEST = [22, 13] as const;

// The one place that ends the process.
process.exit(await (isOld(process.versions.node) ? startNewer() : startHere()));

async function startHere(): Promise<number> {
  const { start } = await import('./cli/start.ts');
  return start(process.argv.slice(2));
}

/** In the repository, an older Node hands over to the one that the project brings along. Elsewhere there is none. */
async function startNewer(): Promise<number> {
  const { existsSync } = await import('node:fs');
  const { fileURLToPath } = await import('node:url');

  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const newer = fileURLToPath(new URL(`../node_modules/node/bin/${name}`, import.meta.url));
  if (existsSync(newer)) return runWith(newer, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);

  process.stderr.write(
    `touchstone needs Node ${OLDEST.join('.')} or later, and this is Node ${process.versions.node}. Install a newer one, for example from https://nodejs.org\n`,
  );
  return 2;
}

/** Signals go to the other Node, and its exit code is ours. */
async function runWith(node: string, args: readonly string[]): Promise<number> {
  const { spawn } = await import('node:child_process');
  const child = spawn(node, args, { stdio: 'inherit' });

  // A terminal sends Ctrl-C to both; this process only has to wait for the other one's end.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
