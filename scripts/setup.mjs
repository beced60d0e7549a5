// Installs what the project needs on a machine that has only Node >= 18 and npm. Runs without dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');
const bin = path.join(modules, '.bin');
const node = path.join(modules, 'node');
const nodeBinary = path.join(node, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const stamp = path.join(modules, '.touchstone-setup');
const lock = createHash('sha256')
  .update(readFileSync(path.join(root, 'package-lock.json')))
  .digest('hex');

/** With the machine's own Node: the project's is replaced while this runs. */
function run(command, args, cwd = root) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== bin);
  const result = spawnSync(command, args, {
    cwd,
    env: { ...process.env, PATH: folders.join(path.delimiter) },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return;
  console.error(`setup: ${command} ${args.join(' ')} failed`);
  process.exit(result.status ?? 1);
}

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock || !existsSync(nodeBinary)) {
  console.log('setup: installing dependencies');
  // Windows cannot remove a program that runs, as `npm ci` would with the Node of an earlier set-up.
  const inUse = process.platform === 'win32' && process.execPath.startsWith(modules);
  const install = inUse ? ['install', '--no-save'] : ['ci'];
  run('npm', [...install, '--no-audit', '--no-fund', '--loglevel=error']);
  // Where npm leaves install scripts out, the project's Node has to be put in place here.
  if (!existsSync(nodeBinary)) run('node', ['installArchSpecificPackage.js'], node);
  writeFileSync(stamp, lock);
}

// `node scripts/setup.mjs SCRIPT …` goes on with the project's own Node. The shell of an npm script may still
// remember where it found the machine's.
const [script, ...rest] = process.argv.slice(2);
if (script !== undefined) {
  const result = spawnSync(nodeBinary, [script, ...rest], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` },
  });
  process.exit(result.status ?? 1);
}
