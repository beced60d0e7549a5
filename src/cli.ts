import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OutputWatch } from './cli/terminal/drain.ts';

/** `node:sqlite` is there without a flag from this version on. */
const OLDEST = [22, 13] as const;

/**
 * The one place that ends the process. An older Node hands over to the one that the project brings along,
 * so that `node dist/cli.js` works on any machine with Node 18 or newer.
 */
async function start(): Promise<number> {
  if (!isOld(process.versions.node)) {
    const { keepCompiledCode } = await import('./cli/compileCache.ts');
    keepCompiledCode();
    const { main } = await import('./cli/main.ts');
    return main(process.argv.slice(2));
  }
  const script = fileURLToPath(import.meta.url);
  const newer = path.join(path.dirname(script), '..', 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(newer)) {
    process.stderr.write(
      `touchstone: needs Node ${OLDEST.join('.')} or newer, this is ${process.versions.node}\n`,
    );
    return 2;
  }
  return runWith(newer, [script, ...process.argv.slice(2)]);
}

/** Hands over to another Node; signals go to it, and its exit code is ours. */
function runWith(node: string, args: readonly string[]): Promise<number> {
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

const watch = new OutputWatch([process.stdout, process.stderr], (message) => {
  process.stderr.write(`${message}\n`);
});
process.exit(await watch.drained(await start()));
