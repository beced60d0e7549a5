// Runs benchmarks one after the other: npm run bench [-- NAME … [NUMBER …]]. Each prints what it measured against a named peer or
// limit; numbers are handed to it, e.g. the seconds of `fuzz`.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const folder = import.meta.dirname;
const root = path.join(folder, '..', '..');
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))
  .sort();
const given = process.argv.slice(2);
const numbers = given.filter((argument) => /^\d+$/.test(argument));
const wanted = given.filter((argument) => !numbers.includes(argument));
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are: ${all.join(', ')}`);
  process.exit(2);
}

const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status;
if (node('esbuild.mjs') !== 0) process.exit(1);
let failed = 0;
for (const name of wanted.length > 0 ? wanted : all) {
  console.log(`\n== ${name}`);
  if (node(path.join('test', 'bench', `${name}.bench.ts`), ...numbers) !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
