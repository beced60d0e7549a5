// Installs what the project needs on a machine that has only Node >= 18 and npm. Runs without dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');
const stamp = path.join(modules, '.touchstone-setup');
const lock = createHash('sha256')
  .update(readFileSync(path.join(root, 'package-lock.json')))
  .digest('hex');

function run(command, args) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return;
  console.error(`setup: ${command} ${args.join(' ')} failed`);
  process.exit(result.status ?? 1);
}

const nodeBinary = path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock || !existsSync(nodeBinary)) {
  console.log('setup: installing dependencies');
  // Not `npm ci`: it refuses a lock file without the optional packages of other platforms. With --no-save the
  // versions of the lock file are installed, and the file stays as it is.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  // Where npm leaves install scripts out, the editor-independent Node has to be put in place here.
  if (!existsSync(nodeBinary))
    run(process.execPath, [path.join(modules, 'node', 'installArchSpecificPackage.js')]);
  mkdirSync(modules, { recursive: true });
  writeFileSync(stamp, lock);
}

// `node scripts/setup.mjs SCRIPT …` goes on with the project's own Node. The shell of an npm script may still
// remember where it found the machine's.
const [script, ...rest] = process.argv.slice(2);
if (script !== undefined) {
  const bin = path.join(modules, '.bin');
  const result = spawnSync(nodeBinary, [script, ...rest], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` },
  });
  process.exit(result.status ?? 1);
}
