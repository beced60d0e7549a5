// Evaluates the sample workspace: its own agent, or with a model the prompts too. Prints what it measured.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });

const built = run('esbuild.mjs');
if (built.status !== 0) process.exit(built.status ?? 1);
const cli = path.join('dist', 'cli.js');

const evaluated = run(cli, 'eval', 'datasets', '--suite', 'support', ...process.argv.slice(2));
console.log(`
The agent above is a real program (datasets/agent); its failures are real. Look closer:
  node ${cli} show --config datasets/touchstone.yaml --failed
  node ${cli} show --config datasets/touchstone.yaml --case typo-refund
  node ${cli} eval datasets --suite versions
  node ${cli} upgrade datasets/legacy.golden.yaml --dry-run`);
// Cases are expected to fail: that is what the demo shows. Anything but a verdict is an error.
process.exit(evaluated.status === 1 ? 0 : (evaluated.status ?? 1));
